/** What the subcommands of tsspool have in common: how messages are selected, and how one line of them is printed. */
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

/** The parts of the system that a spool needs. Its warnings go to standard error. */
export const spoolSystem = (io: DiskIo): SpoolSystem => ({
  ...lockSystem(io),
  user: io.user,
  report: (line) => io.stderr(`Warning: ${line}\n`),
});

/** Throws a Failure for a message that no packet can hold, because it would wait forever. */
export function withinPacket<T extends PublishContent>(message: T): T {
  // The packet of MQTT 5 is the longest of those that may hold the message.
  const size = publishLength(message, 5);
  if (size <= MAX_REMAINING_LENGTH) return message;
  const text = `A message of ${size} bytes cannot be sent: the limit of MQTT is ${MAX_REMAINING_LENGTH}`;
  throw new Failure('file', { message: text, code: 'EMSGSIZE' });
}

/** Whether the message meets every condition of the plan. */
export function isSelected(message: StoredMessage, { ids, topic, olderThan }: SpoolPlan, now: Millis): boolean {
  if (ids.length > 0 && !ids.includes(message.id)) return false;
  if (topic !== undefined && !matches(topic, message.topic)) return false;
  return olderThan === undefined || now - message.acceptedAt > olderThan;
}

export const jsonLine = (value: unknown): string => `${escaped(JSON.stringify(value))}\n`;
export const isoOf = (at: Millis): string => new Date(at).toISOString();
