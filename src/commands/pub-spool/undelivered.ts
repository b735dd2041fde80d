/** The lines about messages in the spool that are not delivered: kept, unfit, expired. */

import type { SpoolPart } from '../../cli/plan/types.ts';
import { ageText } from '../../spool/age.ts';
import type { Spool } from '../../spool/spool.ts';
import type { Millis } from '../../util/millis.ts';
import { plural } from '../../util/phrases.ts';

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
