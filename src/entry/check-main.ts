/** tscheck from its command line to its exit status: what cannot be checked is UNKNOWN, on standard output as any other result. */
import { readCheckLine } from '../cli/check-line.ts';
import type { BrokerIo } from '../commands/broker/connection.ts';
import { check } from '../commands/check/checker.ts';
import { reportUnusable } from '../commands/check/report.ts';
import { Failure } from '../errors.ts';
import { runWith } from './client-main.ts';
import type { SelfKnowledge } from './main.ts';

export async function runCheck(io: BrokerIo, self: SelfKnowledge): Promise<number> {
  const unusable = (failure: Failure): Promise<number> => reportUnusable(failure, io);
  try {
    return await runWith('check', check, undefined, io, self, { read: readCheckLine, unusable });
  } catch (error) {
    return unusable(Failure.of(error));
  }
}
