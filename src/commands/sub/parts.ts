/** Parts of tssub that only some runs need: loaded when they are asked for. */
import type { SubPlan } from '../../cli/plan/types.ts';
import type { BrokerIo } from '../broker/connection.ts';
import type { ExecHooks, Executor } from './exec/executor.ts';
import type { Ready } from './ready.ts';
import type { Watch } from './watch.ts';

export interface Parts {
  readonly watch: Watch | undefined;
  readonly ready: Ready | undefined;
  readonly newExecutor: ((hooks: ExecHooks) => Executor) | undefined;
}

/** Throws a Failure when the file of --ready cannot be used. */
export async function partsOf(plan: SubPlan, io: BrokerIo): Promise<Parts> {
  const { exec, ready } = plan;
  const Executing = exec && (await import('./exec/executor.ts')).Executor;
  return {
    watch: plan.watch ? (await import('./watch.ts')).newWatch(plan, io) : undefined,
    ready: ready && new (await import('./ready.ts')).Ready(ready, io),
    newExecutor: Executing && ((hooks) => new Executing({ ...plan, exec }, io, hooks)),
  };
}
