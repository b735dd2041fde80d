/** What is said of a message that was received and cannot be handed out. */
import type { CommonPlan } from '../../cli/plan/types.ts';
import { excessText } from '../../mqtt/count-limits.ts';
import { QUOTA_EXCEEDED } from '../../mqtt/reasons.ts';
import type { SessionEvent } from '../../mqtt/session/events.ts';
import type { Io } from '../../runtime/io.ts';
import { printable } from '../../util/printable.ts';
import { say } from './connection.ts';

type Oversized = Extract<SessionEvent, { type: 'oversized' }>['packet'];

/** One warning; returns the exit status, since not everything that came was delivered. */
export function tellDiscarded({ topic, payload, excess }: Oversized, plan: CommonPlan, io: Io): number {
  const what = `Discarded a message on "${printable(topic)}" with a payload of ${payload.length} bytes`;
  say(`Warning: ${what}: it has ${excessText(excess)}.\n`, plan, io);
  return QUOTA_EXCEEDED;
}
