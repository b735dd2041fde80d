/** Which parts a run of tssub consists of: the sink for its messages, and modules that only some options need and load. */
import type { SubPlan } from '../../cli/plan/types.ts';
import type { BrokerIo } from '../broker/connection.ts';
import { messagePrinter, type PrintMessage } from '../terminal/message-printer.ts';
import type { MessageSink, SinkContext } from './message-sink.ts';
import type { Ready } from './ready.ts';
import { printSink } from './sinks/print.ts';
import { rateCounter } from './sinks/rate.ts';

export interface Parts {
  /** The given io; with `-w`, a line on standard error moves the rows. */
  readonly io: BrokerIo;
  readonly ready: Ready | undefined;
  newSink(context: SinkContext): MessageSink;
}

/** Rejects with a Failure when the file of --ready cannot be used. */
export async function partsOf(plan: SubPlan, system: BrokerIo): Promise<Parts> {
  const { exec, messageRate } = plan;
  const Executing = exec && (await import('./exec/executor.ts')).Executor;
  const watch = plan.watch ? (await import('./sinks/watch.ts')).newWatch(plan, system) : undefined;
  const io = watch?.dress(system) ?? system;
  const ready = plan.ready && new (await import('./ready.ts')).Ready(plan.ready, system);
  const printer = (context: SinkContext): PrintMessage => {
    if (watch !== undefined) return watch.start(context.output);
    return messageRate ? rateCounter(context, io.clock) : messagePrinter(plan, context.output, io);
  };
  const newSink = (context: SinkContext): MessageSink => {
    const sink = printSink(printer(context), context, watch?.connected);
    return Executing ? new Executing({ ...plan, exec }, io, context, sink) : sink;
  };
  return { io, ready, newSink };
}
