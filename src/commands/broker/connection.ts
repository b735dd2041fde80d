/** What the programs that talk to a broker have in common: a client made from the plan, and the lines of `-d`. */
import type { CommonPlan } from '../../cli/plan/types.ts';
import { Client } from '../../client/client.ts';
import { type ComesBack, retryPolicy } from '../../client/reconnect.ts';
import { traceLines } from '../../client/trace.ts';
import type { Failure } from '../../errors.ts';
import { excessText } from '../../mqtt/count-limits.ts';
import type { SessionEvent } from '../../mqtt/session/events.ts';
import { Session } from '../../mqtt/session/session.ts';
import { MAX_PACKET_ID } from '../../mqtt/types.ts';
import type { Dialer } from '../../net/dial.ts';
import { OutputWriter, type WriterEvents } from '../../output/writer.ts';
import type { StartChild } from '../../runtime/children.ts';
import type { Clock, Io } from '../../runtime/io.ts';
import { printable } from '../../util/printable.ts';
import { type Run, warn } from '../run.ts';
import { Explainer } from './explain.ts';
import { Outage } from './outage.ts';

type TraceEvent = Extract<SessionEvent, { type: 'trace' }>;
type Oversized = Extract<SessionEvent, { type: 'oversized' }>['packet'];

/** What a program touches that talks to a broker. */
export interface BrokerIo extends Io {
  readonly dialer: Dialer;
  /** Runs the commands of --exec, in place of the system. */
  readonly startChild?: StartChild | undefined;
  /** Prints a line of `-d` in place of standard output. */
  debug?(line: string): void;
}

export interface ConnectionHandlers {
  /** Everything but trace events. */
  event(event: SessionEvent): void;
  /** The end has begun: what comes now is read so that the connection can be closed in order, and `-d` has no line for it. */
  isOver?(): boolean;
  settled?(): void;
  /** A message came that cannot be handed out. It is refused, in programs that have this. */
  discarded?(packet: Oversized): void;
  /** The connection broke and will be made again. `warning` is for the user: empty where that cause was printed before. */
  interrupted?(failure: Failure, warning: string): void;
  /** It is over: without a failure in order, by end(); else nothing more will be tried. */
  over(failure: Failure | undefined): void;
}

/** `M`: what stands as marks in the output. */
export interface Connection<M = unknown> {
  readonly client: Client;
  readonly output: OutputWriter<M>;
  /** Prints a line of `-d`. */
  debug(line: string): void;
  /** Prints what to change, after the failure. */
  hint(): Promise<void>;
}

export function openConnection<M>(
  plan: CommonPlan,
  io: BrokerIo,
  comesBack: ComesBack,
  handlers: ConnectionHandlers,
  outputEvents: Partial<WriterEvents<M>> = {},
  mostBytes?: number,
): Connection<M> {
  const { version } = plan.session;
  const events = { written: () => {}, room: () => {}, broken: () => {}, ...outputEvents, pause: pauseOf(io.clock) };
  const output = new OutputWriter<M>(io.stdout, events, mostBytes);
  const debug = io.debug ?? ((line: string): void => output.text(line));
  const explainer = new Explainer(plan, io);
  const outage = new Outage(io.clock.now());
  const session = new Session(plan.session);
  const client: Client = new Client(
    {
      session,
      version,
      dial: io.dialer(plan.target, {
        step: (step) => explainer.step(step),
        passphrase: () => askPassphrase(plan, io, client),
        warn: (line) => warn(`${line}\n`, plan, io),
      }),
      clock: io.clock,
      retry: retryPolicy(plan.retry, comesBack, io.random),
      connectTimeout: plan.connectTimeout,
    },
    {
      event: (event) => {
        if (event.type === 'trace') {
          if (handlers.isOver?.() === true && isUnheard(event)) return;
          const paint = io.debug ? undefined : io.paint?.[event.direction];
          for (const line of traceLines(event, client.clientId, version)) debug(`${paint?.(line) ?? line}\n`);
        } else if (event.type === 'oversized') {
          // What comes after the end stays with the server, as other messages do.
          if (handlers.discarded === undefined || handlers.isOver?.() === true) return;
          handlers.discarded(event.packet);
          client.acknowledge(event.delivery);
        } else {
          explainer.event(event);
          if (event.type === 'connected') warn(outage.connected(io.clock.now()), plan, io);
          handlers.event(event);
        }
      },
      settled: () => {
        handlers.settled?.();
        output.flush();
      },
      down: (failure, wait) => {
        if (wait === undefined) {
          void explainer.downForGood(failure).then(handlers.over);
        } else {
          explainer.down(failure);
          handlers.interrupted?.(failure, outage.lost(failure, io.clock.now()));
          explainer.hintOfLoss();
        }
      },
      ended: (failure) => {
        if (failure !== undefined) return void explainer.ended(failure).then(handlers.over);
        explainer.endedInOrder();
        handlers.over(undefined);
      },
    },
  );
  return { client, output, debug, hint: () => explainer.hint() };
}

/**
 * For a session that is kept: the server may hold QoS 2 messages of an earlier run that was killed, under identifiers that
 * are not known here, and would take a new message for one of those. Ours begin anywhere.
 */
export function apartFromOthers<P extends CommonPlan>(plan: P, io: Io): P {
  if (plan.session.clean) return plan;
  return { ...plan, session: { ...plan.session, idsAfter: Math.floor(io.random() * MAX_PACKET_ID) } };
}

/** The question is loaded when it is to be asked. */
async function askPassphrase(plan: CommonPlan, io: Io, client: Client): Promise<string | undefined> {
  const { passphrase } = await import('./passphrase.ts');
  client.setAsking(true);
  try {
    return await passphrase(plan, io);
  } finally {
    client.setAsking(false);
  }
}

/** Not the acknowledgements that a flow ends with. */
const isUnheard = ({ direction, packet }: TraceEvent): boolean =>
  direction === 'received' && (packet.type === 'publish' || packet.type === 'suback' || packet.type === 'unsuback');

/** Warns of a message that cannot be handed out. */
export function warnDiscarded({ topic, payload, excess }: Oversized, run: Pick<Run, 'warn'>): void {
  const what = `Discarded a message on "${printable(topic)}" with a payload of ${payload.length} bytes`;
  run.warn(`Warning: ${what}: it has ${excessText(excess)}.\n`);
}

/** DISCONNECT with this reason has the server publish the Will [MQTT 5, 3.14.2.1]. */
export const WITH_WILL = 4;

/** What long work calls between two steps: it goes on after everything else has had a turn. */
export const pauseOf =
  (clock: Clock) =>
  (goOn: () => void): void =>
    void clock.callAt(clock.now(), goOn);
