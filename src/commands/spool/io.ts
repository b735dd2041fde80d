/** What the forms of tsspool have in common: messages selected, and printed in a line. */

import type { SpoolPlan } from '../../cli/spool/parse.ts';
import { Failure } from '../../errors.ts';
import { type PublishContent, publishLength } from '../../mqtt/packets/publish.ts';
import { matches } from '../../mqtt/topic.ts';
import { MAX_REMAINING_LENGTH } from '../../mqtt/types.ts';
import type { DiskIo } from '../../runtime/io.ts';
import { lockSystem } from '../../runtime/lock-file.ts';
import type { SpoolSystem } from '../../spool/folder.ts';
import type { StoredMessage } from '../../spool/record.ts';
import type { Millis } from '../../util/millis.ts';
import { escaped } from '../../util/printable.ts';

/** What a spool needs of what a program may touch. Its warnings go to standard error. */
export const spoolSystem = (io: DiskIo): SpoolSystem => ({
  ...lockSystem(io),
  user: io.user,
  report: (line) => io.stderr(`Warning: ${line}\n`),
});

/** Throws a Failure for what no packet can hold: it would wait for ever. */
export function withinPacket<T extends PublishContent>(message: T): T {
  // Of the versions of MQTT that may send it the one with the longest packets.
  const size = publishLength(message, 5);
  if (size <= MAX_REMAINING_LENGTH) return message;
  const text = `A message of ${size} bytes cannot be sent: MQTT takes ${MAX_REMAINING_LENGTH} at most`;
  throw new Failure('file', { message: text, code: 'EMSGSIZE' });
}

/** Whether all that was asked for applies to the message. */
export function isSelected(message: StoredMessage, { ids, topic, olderThan }: SpoolPlan, now: Millis): boolean {
  if (ids.length > 0 && !ids.includes(message.id)) return false;
  if (topic !== undefined && !matches(topic, message.topic)) return false;
  return olderThan === undefined || now - message.acceptedAt > olderThan;
}

export const jsonLine = (value: unknown): string => `${escaped(JSON.stringify(value))}\n`;
export const isoOf = (at: Millis): string => new Date(at).toISOString();
