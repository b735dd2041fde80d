/** What tspub has to have for `--spool`. */
import type { PubPlan, SpoolPart } from '../cli/plan/types.ts';
import type { BrokerIo } from '../commands/broker/connection.ts';
import { pubSpool } from '../commands/pub-spool/spool-run.ts';
import { systemFiles } from '../runtime/files.ts';
import { systemProcesses, systemUser } from '../runtime/processes.ts';

export const withSpool = (plan: PubPlan, part: SpoolPart, io: BrokerIo): Promise<number> =>
  pubSpool(plan, part, { ...io, fs: systemFiles, processes: systemProcesses, user: systemUser() });
