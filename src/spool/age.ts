/** How long a message has been waiting: as text for people, and compared with its expiry interval. */

import type { Properties } from '../mqtt/properties.ts';
import type { Millis } from '../util/millis.ts';
import type { StoredMessage } from './record.ts';

const SECOND: Millis = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'min'],
] as const;

/** Text such as `12 min`, in the largest unit of which there are at least two, rounded down. */
export function ageText(age: Millis): string {
  const [length, name] = UNITS.find(([unit]) => age >= 2 * unit) ?? [SECOND, 's'];
  return `${Math.max(0, Math.floor(age / length))} ${name}`;
}

/**
 * Seconds left of the message expiry interval, which includes the time in the spool as it does the time in a broker
 * [MQTT-3.3.2-6]; undefined when the message does not expire. A clock that was set back does not shorten it.
 */
export function secondsLeft({ properties, acceptedAt }: StoredMessage, now: Millis): number | undefined {
  for (const entry of properties)
    if (entry.name === 'message-expiry-interval')
      return Math.max(0, entry.value - Math.floor(Math.max(0, now - acceptedAt) / 1000));
  return undefined;
}

/** The properties with the interval that is left, at least 1, because a flow that has begun must be completed. */
export function withSecondsLeft(message: StoredMessage, now: Millis): Properties {
  const left = secondsLeft(message, now);
  if (left === undefined) return message.properties;
  return message.properties.map((entry) =>
    entry.name === 'message-expiry-interval' ? { ...entry, value: Math.max(1, left) } : entry,
  );
}
