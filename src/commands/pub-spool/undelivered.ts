/** Messages in the spool that are not delivered: their lines (kept, unfit, expired), and the exit status (refused, missing). */

import type { SpoolPart } from '../../cli/plan/types.ts';
import { FAILURES } from '../../errors.ts';
import { ageText } from '../../spool/age.ts';
import type { Sender } from '../../spool/sender.ts';
import type { Spool } from '../../spool/spool.ts';
import type { Millis } from '../../util/millis.ts';
import { plural } from '../../util/phrases.ts';
import type { Delivered } from './send-loop.ts';

/**
 * Counts the waiting messages and makes the line about them, which is empty when there are none. `own`: the messages of
 * this run; when none of them waits, the line must not read as if they were kept. Throws a Failure.
 */
export function waitingIn(
  spool: Spool,
  { folder, flush }: SpoolPart,
  own: readonly number[],
  now: Millis,
): { readonly count: number; readonly line: string } {
  const { waiting: count, oldest } = spool.status();
  if (count === 0) return { count, line: '' };
  const age = oldest === undefined ? '' : `, oldest ${ageText(now - oldest)}`;
  const { ledger } = spool.look();
  const isOurs = flush || own.some((id) => !ledger.isSettled(id));
  return {
    count,
    line: `${isOurs ? `kept in ${folder}` : `in ${folder} from earlier runs`}: ${count} waiting${age}\n`,
  };
}

export function* notDelivered(unfit: number, expired: number): Generator<string> {
  const them = plural(unfit, 'message');
  if (unfit > 0)
    yield `Warning: ${them} with properties, which need MQTT 5 (-V 5), ${unfit === 1 ? 'stays' : 'stay'} in the spool.\n`;
  if (expired > 0)
    yield `Warning: ${plural(expired, 'message')} had expired and ${expired === 1 ? 'was' : 'were'} dropped.\n`;
}

/** The exit status for messages that were refused, or are missing in the spool: those of `own`, or all of them; 0: none. */
export function statusOf({ refused }: Delivered, { missing }: Sender, own?: readonly number[]): number {
  const ids = own && new Set(own);
  const isOurs = (id: number): boolean => ids?.has(id) !== false;
  for (const [id, code] of refused) if (isOurs(id)) return code;
  return missing.some(isOurs) ? FAILURES.file.status : 0;
}
