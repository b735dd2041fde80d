/** What the programs that connect to a broker share: a client made from the plan, and the lines of `-d`. */
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

/** The parts of the system that a program with a broker connection uses. */
export interface BrokerIo extends Io {
  readonly dialer: Dialer;
  /** Starts the commands of --exec; undefined: the system starts them. */
  readonly startChild?: StartChild | undefined;
  /** Prints a line of `-d`; undefined: on standard output. */
  debug?(line: string): void;
}

export interface ConnectionHandlers {
  /** Handles every event except trace events. */
  event(event: SessionEvent): void;
  /** True once the end of the run has begun: later packets are read only to close the connection cleanly, and `-d` omits them. */
  isOver?(): boolean;
  settled?(): void;
  /** A message is too large to hand out. A program with this handler rejects the message. */
  discarded?(packet: Oversized): void;
  /** The connection broke and the client reconnects. `warning` is for the user; empty when its cause was printed before. */
  interrupted?(failure: Failure, warning: string): void;
  /** The client makes no further attempt. `failure` is undefined after a clean close by end(). */
  over(failure: Failure | undefined): void;
}

/** `M` is the type of the marks in the output. */
export interface Connection<M = unknown> {
  readonly client: Client;
  readonly output: OutputWriter<M>;
  /** Prints a line of `-d`. */
  debug(line: string): void;
  /** Prints the hint for the failure, after the failure. */
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
          // A message received after the end stays unacknowledged, so the broker keeps it.
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
 * In a persistent session, the broker may hold QoS 2 messages of an earlier, killed run, whose packet identifiers are
 * unknown here. It would mistake a new message for one of those, so numbering begins at a random identifier.
 */
export function apartFromOthers<P extends CommonPlan>(plan: P, io: Io): P {
  if (plan.session.clean) return plan;
  return { ...plan, session: { ...plan.session, idsAfter: Math.floor(io.random() * MAX_PACKET_ID) } };
}

/** The prompt is loaded only when it is needed. */
async function askPassphrase(plan: CommonPlan, io: Io, client: Client): Promise<string | undefined> {
  const { passphrase } = await import('./passphrase.ts');
  client.setAsking(true);
  try {
    return await passphrase(plan, io);
  } finally {
    client.setAsking(false);
  }
}

/** True for an acknowledgement that completes a QoS flow. */
const isUnheard = ({ direction, packet }: TraceEvent): boolean =>
  direction === 'received' && (packet.type === 'publish' || packet.type === 'suback' || packet.type === 'unsuback');

/** Warns of a message that is too large to hand out. */
export function warnDiscarded({ topic, payload, excess }: Oversized, run: Pick<Run, 'warn'>): void {
  const what = `Discarded a message on "${printable(topic)}" with a payload of ${payload.length} bytes`;
  run.warn(`Warning: ${what}: it has ${excessText(excess)}.\n`);
}

/** On DISCONNECT with this reason code, the broker publishes the will message [MQTT 5, 3.14.2.1]. */
export const WITH_WILL = 4;

/** Long work awaits this function between two steps, so that other tasks get a turn. */
export const pauseOf =
  (clock: Clock) =>
  (goOn: () => void): void =>
    void clock.callAt(clock.now(), goOn);
