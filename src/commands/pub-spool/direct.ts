/** What `tspub --spool` does when the disk takes nothing, because it is full or read-only: the message is sent all the same. */
import type { PubPlan } from '../../cli/plan/types.ts';
import type { Failure } from '../../errors.ts';
import { type BrokerIo, say } from '../broker/connection.ts';
import { pub } from '../pub/publisher.ts';

const UNWRITABLE: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

export const isUnwritable = ({ code }: Failure): boolean => UNWRITABLE.has(code);

/** Resolves with the exit status: 0 says that it is delivered, and nothing is kept. */
export function sendDirectly(plan: PubPlan, problem: Failure, io: BrokerIo): Promise<number> {
  const what = plan.source.kind === 'lines' ? 'Standard input' : 'The message';
  say(`Warning: ${problem.message}. ${what} is sent without the spool.\n`, plan, io);
  return pub({ ...plan, spool: undefined }, io);
}
