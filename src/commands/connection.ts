/**
 * What the programs that talk to a broker have in common: a client made from the plan, `-d` lines, and the texts and
 * exit statuses of failures.
 */

import type { CommonPlan } from '../cli/plan-types.ts';
import { Client } from '../client/client.ts';
import type { RetryPolicy } from '../client/reconnect.ts';
import { traceLines } from '../client/trace.ts';
import type { Failure } from '../errors.ts';
import { Session, type SessionEvent } from '../mqtt/index.ts';
import { dialer } from '../net/dial.ts';
import { OutputWriter, type WriterEvents } from '../output/writer.ts';
import type { Io } from '../runtime/io.ts';

export interface ConnectionHandlers {
  /** Everything but trace events. */
  event(event: SessionEvent): void;
  settled?(): void;
  /** The connection broke and will be made again. */
  interrupted?(failure: Failure): void;
  /** It is over: without a failure in order, by end(); else nothing more will be tried. */
  over(failure: Failure | undefined): void;
}

export interface Connection {
  readonly client: Client;
  readonly output: OutputWriter;
}

export function openConnection(
  plan: CommonPlan,
  io: Io,
  retry: RetryPolicy,
  handlers: ConnectionHandlers,
  outputEvents: WriterEvents,
): Connection {
  const { version } = plan.session;
  const output = new OutputWriter(io.stdout, outputEvents);
  const client: Client = new Client(
    { session: new Session(plan.session), version, dial: dialer(plan.target), clock: io.clock, retry },
    {
      event: (event) => {
        if (event.type !== 'trace') handlers.event(event);
        else for (const line of traceLines(event, client.clientId, version)) output.text(`${line}\n`);
      },
      settled: () => {
        handlers.settled?.();
        output.flush();
      },
      down: (failure, wait) => {
        if (wait === undefined) handlers.over(failure);
        else handlers.interrupted?.(failure);
      },
      ended: handlers.over,
    },
  );
  return { client, output };
}

/** Says why the run ended, in Mosquitto's words and not with `--quiet`; returns the exit status. */
export function tellFailure(failure: Failure, plan: CommonPlan, io: Io): number {
  if (!plan.quiet) io.stderr(failureText(failure));
  return failure.status;
}

function failureText(failure: Failure): string {
  switch (failure.kind) {
    case 'refused':
      return `Connection error: ${failure.message}\n`;
    case 'lookup':
    case 'invalid-input':
      return `Unable to connect (${failure.message}).\n`;
    default:
      return `Error: ${failure.message}\n`;
  }
}
