/**
 * tsrr: subscribes to the response topic, sends the request, prints the response and exits. Messages before the
 * request, retained messages, and messages with other correlation data are not the response.
 */

import type { RrPlan } from '../../cli/plan/types.ts';
import { FAILURES, type Failure } from '../../errors.ts';
import { property } from '../../mqtt/properties.ts';
import { isRefusal, reasonText } from '../../mqtt/reasons.ts';
import type { Delivery, SessionEvent } from '../../mqtt/session/events.ts';
import { matches } from '../../mqtt/topic.ts';
import type { PublishPacket } from '../../mqtt/types.ts';
import type { Millis } from '../../util/millis.ts';
import { hintLine, plural } from '../../util/phrases.ts';
import {
  apartFromOthers,
  type BrokerIo,
  type Connection,
  openConnection,
  WITH_WILL,
  warnDiscarded,
} from '../broker/connection.ts';
import { wholePayload } from '../input/whole-payload.ts';
import { AckWatch } from '../pub/ack-watch.ts';
import { hintOfRejection } from '../pub/hint-of-rejection.ts';
import { type Published, refusal, Tally } from '../pub/summary.ts';
import { Run } from '../run.ts';
import { messagePrinter, type PrintMessage } from '../terminal/message-printer.ts';
import { outputBroke, READER_GONE } from '../terminal/stdout.ts';

export async function rr(plan: RrPlan, io: BrokerIo): Promise<number> {
  const run = new Run(plan, io);
  try {
    return await new Requester(plan, io, run, await wholePayload(plan.source, plan, io)).run();
  } catch (error) {
    return run.fail(error);
  }
}

class Requester {
  readonly #plan: RrPlan;
  readonly #io: BrokerIo;
  readonly #run: Run;
  readonly #payload: Uint8Array;
  readonly #connection: Connection<Delivery>;
  readonly #print: PrintMessage;

  /** When the request was handed to the connection; undefined before. */
  #sentAt: Millis | undefined;
  #answered = false;
  /** Messages since the request that were not the response, by the reason. */
  readonly #ignored = { retained: 0, correlation: 0 };
  #leaving = false;
  readonly #acks: AckWatch;
  /** The request; `rejected`: the broker's response to it, if it was a rejection. */
  readonly #request = { tally: new Tally(), rejected: undefined as Published | undefined };

  constructor(plan: RrPlan, io: BrokerIo, run: Run, payload: Uint8Array) {
    this.#plan = plan;
    this.#io = io;
    this.#run = run;
    this.#payload = payload;
    this.#acks = new AckWatch(io.clock, undefined, run, { counts: () => this.#request.tally });
    this.#connection = openConnection(
      plan.qos === 2 ? apartFromOthers(plan, io) : plan,
      io,
      'never',
      {
        event: (event) => this.#event(event),
        isOver: () => this.#answered || this.#leaving,
        settled: () => this.#acks.turn(),
        discarded: (packet) => warnDiscarded(packet, run),
        interrupted: (_, warning) => run.warn(warning),
        over: (failure) => void this.#over(failure),
      },
      {
        written: (delivery) => this.#printed(delivery),
        broken: (errno) => this.#leave(outputBroke(errno, run), 0),
      },
    );
    this.#print = messagePrinter(plan, this.#connection.output, io);
  }

  run(): Promise<number> {
    this.#run.timeLimit(this.#plan.timeout, () => this.#timedOut());
    this.#connection.client.connect();
    return this.#run.over;
  }

  #timedOut(): void {
    const { client } = this.#connection;
    const { linger } = this.#run.ending.hurry();
    // The failure and its reason are known; only the close is still pending.
    if (client.isFailing) return client.end(0, false, linger);
    if (!this.#leaving) this.#run.warn(`${FAILURES.timeout.text}\n${this.#ignoredHint()}`);
    this.#leave(FAILURES.timeout.status, WITH_WILL);
  }

  #event(event: SessionEvent): void {
    switch (event.type) {
      case 'connected':
        this.#connection.client.subscribe([this.#plan.subscription], this.#plan.subscribeProperties);
        return;
      case 'subscribed':
        return this.#subscribed(event.codes[0] ?? 0);
      case 'published':
        this.#request.tally.settle(event.code, event.local);
        return isRefusal(event.code) ? this.#refused(event) : undefined;
      case 'message':
        return this.#message(event.packet, event.delivery);
      case 'auth':
        this.#run.warn(`Error: ${FAILURES.auth.text}\n`);
        return this.#leave(FAILURES.auth.status, 0);
      default:
        return;
    }
  }

  #subscribed(code: number): void {
    if (isRefusal(code)) {
      this.#run.warn(`${reasonText(code)}\n`);
      return this.#leave(code, 0);
    }
    const { topic, qos, properties } = this.#plan;
    this.#sentAt = this.#io.clock.now();
    this.#request.tally.published++;
    this.#connection.client.publish({ topic, payload: this.#payload, qos, retain: false, properties });
  }

  #refused(event: Published): void {
    this.#run.warn(refusal({ ...event, local: false }).text);
    this.#request.rejected = event;
    this.#leave(event.code, 0);
  }

  #message(packet: PublishPacket, delivery: Delivery): void {
    if (this.#answered || this.#leaving) return;
    if (!this.#isAnswer(packet)) return this.#connection.client.acknowledge(delivery);
    this.#answered = true;
    this.#print(packet);
    if (this.#plan.latency) this.#connection.output.text(`${latencyLine(this.#io.clock.now() - this.#sentAt!)}\n`);
    this.#connection.output.mark(delivery);
  }

  /** A retained message is older than the request, as is any message received before the request is sent. */
  #isAnswer(packet: PublishPacket): boolean {
    if (this.#sentAt === undefined || !matches(this.#plan.subscription.filter, packet.topic)) return false;
    if (packet.retain && (!this.#plan.subscription.retainAsPublished || this.#plan.skipRetained)) {
      this.#ignored.retained++;
      return false;
    }
    const asked = property(this.#plan.properties, 'correlation-data');
    if (asked === undefined) return true;
    const given = property(packet.properties, 'correlation-data');
    if (given !== undefined && Buffer.compare(given, asked) === 0) return true;
    this.#ignored.correlation++;
    return false;
  }

  /** Where messages arrived on the response topic and none was the response: why, as a hint. */
  #ignoredHint(): string {
    const { retained, correlation } = this.#ignored;
    if (correlation > 0)
      return hintLine(
        `${plural(correlation, 'message')} lacked the correlation data of the request. The responder must copy it.`,
      );
    return retained > 0 ? hintLine('Only retained messages arrived on the response topic, and those are ignored.') : '';
  }

  #printed(delivery: Delivery): void {
    this.#connection.client.acknowledge(delivery);
    this.#leave(0, 0);
  }

  #leave(status: number, reason: number): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#acks.stop();
    this.#run.status = status;
    const { client } = this.#connection;
    // With a response, the QoS 2 flow is completed first; without one there is no flow to complete.
    const flows = this.#answered ? client.flowsEnded() : Promise.resolve();
    void this.#run.ending.within(flows).then(() => {
      // A response shows that the broker read the request; without one the exit status is not 0 anyway.
      client.end(this.#plan.session.version === 5 ? reason : 0, false, this.#run.ending.linger);
    });
  }

  async #over(failure: Failure | undefined): Promise<void> {
    // After the response, only printing it can fail.
    if (failure !== undefined && !this.#leaving && !this.#answered) {
      this.#run.status = this.#run.fail(failure);
      await this.#connection.hint();
    }
    const { rejected } = this.#request;
    if (rejected !== undefined) await hintOfRejection(rejected, this.#run, this.#plan.topic);
    const { output } = this.#connection;
    await this.#run.ending.printed(output);
    if (this.#answered && output.pending > 0 && !output.isBroken) this.#run.status ||= READER_GONE;
    this.#run.end();
  }
}

/** Prints the time in a fitting unit, in mosquitto_rr's form. */
function latencyLine(latency: Millis): string {
  if (latency < 0.001) return `Latency: ${Math.round(latency * 1e6)}ns`;
  if (latency < 1) return `Latency: ${(latency * 1000).toFixed(6)}µs`;
  if (latency < 1000) return `Latency: ${latency.toFixed(6)}ms`;
  const nanoseconds = Math.round(latency * 1e6);
  return `Latency: ${Math.floor(nanoseconds / 1e9)}.${String(nanoseconds % 1e9).padStart(9, '0')}`;
}
