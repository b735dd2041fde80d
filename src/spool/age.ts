/** How long a message has been waiting: in the words that people read, and against its expiry interval. */

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

/** `12 min`: in the largest unit of which there are at least two, rounded down. */
export function ageText(age: Millis): string {
  const [length, name] = UNITS.find(([unit]) => age >= 2 * unit) ?? [SECOND, 's'];
  return `${Math.max(0, Math.floor(age / length))} ${name}`;
}

/**
 * Seconds that are left: the message expiry interval counts the time in the spool, as it does the time in a server
 * [MQTT-3.3.2-6]; undefined when it does not expire. A clock that was set back takes nothing away.
 */
export function secondsLeft({ properties, acceptedAt }: StoredMessage, now: Millis): number | undefined {
  for (const entry of properties)
    if (entry.name === 'message-expiry-interval')
      return Math.max(0, entry.value - Math.floor(Math.max(0, now - acceptedAt) / 1000));
  return undefined;
}

/** The properties with the interval that is left, and at least 1: what is in flight has to be brought to its end. */
export function withSecondsLeft(message: StoredMessage, now: Millis): Properties {
  const left = secondsLeft(message, now);
  if (left === undefined) return message.properties;
  return message.properties.map((entry) =>
    entry.name === 'message-expiry-interval' ? { ...entry, value: Math.max(1, left) } : entry,
  );
}
