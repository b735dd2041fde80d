/**
 * tspub: sends a message, or each record of standard input, and leaves. Exit status 0 says that every message was
 * acknowledged with success (QoS 1 and 2), or that the server has shown that it read it (QoS 0).
 */

import type { PubPlan } from '../../cli/plan/types.ts';
import { FAILURES, Failure } from '../../errors.ts';
import { isRefusal } from '../../mqtt/reasons.ts';
import type { SessionEvent, Token } from '../../mqtt/session/events.ts';
import {
  apartFromOthers,
  type BrokerIo,
  type Connection,
  openConnection,
  say,
  tellFailure,
  warnOfUnread,
  withUnread,
} from '../broker/connection.ts';
import { Ending } from '../ending.ts';
import type { RecordMessage } from '../input/record.ts';
import { wholePayload } from '../input/whole-payload.ts';
import { onSignals } from '../signals.ts';
import { isTyped, type Progress, showProgress } from '../terminal/progress.ts';
import { AckWatch } from './ack-watch.ts';
import { type Feeding, feedingOf, keepRest, unsentFile } from './feeding.ts';
import { Stuck } from './poison-message.ts';
import { Feed, type Outlet } from './record-stream.ts';
import { refusal } from './refusal.ts';
import { Tally } from './summary.ts';
import type { UnsentFile } from './unsent.ts';

/** With --repeat at QoS 0 so many bytes are sent without a break; a packet counts for so many and its payload. */
const MOST_IN_ROW = 256 * 1024;
const PACKET_BYTES = 100;

const NO_PAYLOAD = Buffer.alloc(0);

export async function pub(plan: PubPlan, io: BrokerIo): Promise<number> {
  let payload: Uint8Array | undefined;
  let unsent: UnsentFile | undefined;
  let feeding: Feeding | undefined;
  try {
    if (plan.source.kind !== 'lines') payload = await wholePayload(plan.source, plan, io);
    else feeding = await feedingOf(plan, io);
    if (plan.unsent !== undefined) unsent = await unsentFile(plan.unsent, plan, payload, io);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return tellFailure(error, plan, io);
  }
  return new Publisher(plan, io, payload ?? feeding!, unsent).run();
}

class Publisher {
  readonly #plan: PubPlan;
  readonly #io: BrokerIo;
  /** The one message; undefined with records. */
  readonly #payload: Uint8Array | undefined;
  readonly #feed: Feed | undefined;
  readonly #connection: Connection;
  readonly #tally = new Tally();
  readonly #stuck = new Stuck(this.#tally);
  readonly #acks: AckWatch;
  readonly #ending: Ending;
  readonly #unsent: UnsentFile | undefined;
  /** What is on its way, as it is kept, in the order of sending; with --unsent only. */
  readonly #flights = new Map<Token, Uint8Array>();

  #feeding: Promise<void> | undefined;
  /** The rest of the input goes into the file of --unsent. */
  #keeping = false;
  /** The connection is over, and that is all that is left to do. */
  #draining = false;
  /** No more is sent. */
  #inputEnded = false;
  /** A signal came before everything was read. */
  #cutShort = false;
  /** The first thing that went wrong, as an exit status. */
  #status = 0;
  #signal = 0;
  /** Messages that nobody acknowledges are among what is sent. */
  #hasQos0: boolean;
  #hasAcknowledged = false;
  /** Bytes of --repeat since there was a break. */
  #row = 0;
  /** The next one of --repeat waits for the connection. */
  #stalled = false;
  #stopDraining: () => void = () => {};
  #concluded = false;
  #finish: (status: number) => void = () => {};

  constructor(plan: PubPlan, io: BrokerIo, what: Uint8Array | Feeding, unsent: UnsentFile | undefined) {
    this.#plan = plan;
    this.#unsent = unsent;
    this.#io = io;
    this.#ending = new Ending(io.clock);
    this.#acks = new AckWatch(io.clock, plan.ackTimeout, {
      counts: () => this.#tally,
      say: (line) => this.#say(`${line}\n`),
      tooLong: (failure) => this.#abandon(failure),
    });
    const isJson = plan.records?.kind === 'json';
    this.#hasQos0 = plan.qos === 0 && !isJson;
    if (what instanceof Uint8Array) {
      this.#payload = what;
    } else {
      this.#feed = new Feed({
        ...what,
        io,
        nul: plan.nul,
        // Until it is acknowledged, or in the file of --unsent, a record must outlive the memory it was read into; at QoS 0 it
        // is written at once, and a payload out of JSON has memory of its own.
        outlives: unsent !== undefined || (plan.qos > 0 && !isJson),
        outlet: {
          canSend: (qos) => this.#connection.client.canPublish(qos),
          send: (message, record) => this.#send(message, record),
          ...(plan.qos === 0 && plan.records === undefined && unsent === undefined && this.#sendInRows()),
          keep: (record) => this.#unsent?.put(record),
          kept: () => this.#unsent?.flush(),
          unreadable: (failure) => this.#unreadable(failure),
        },
      });
    }
    // mosquitto_pub comes back only with -l.
    const comesBack = this.#feed === undefined ? 'if allowed' : 'always';
    this.#connection = openConnection(
      plan.qos === 2 || isJson ? apartFromOthers(plan, io) : plan,
      io,
      comesBack,
      {
        event: (event) => this.#event(event),
        settled: () => {
          this.#feed?.resume();
          if (this.#stalled) this.#sendAgain();
          this.#acks.turn();
        },
        interrupted: (failure, warning) => this.#interrupted(failure, warning),
        over: (failure) => void this.#over(failure),
      },
      { written: () => {}, room: () => {}, broken: () => {} },
    );
  }

  run(): Promise<number> {
    onSignals(this.#io, (signal) => this.#interrupt(signal), this.#unsent !== undefined);
    // With -d, a line tells of each packet.
    const { quiet, debug } = this.#plan;
    const isHidden = quiet || debug || isTyped(this.#plan, this.#io);
    const stopShowing = showProgress(this.#io, isHidden, () => this.#progress());
    return new Promise<number>((resolve) => {
      this.#finish = resolve;
      this.#connection.client.connect();
    }).finally(stopShowing);
  }

  #event(event: SessionEvent): void {
    if (event.type === 'connected') {
      this.#stuck.connected();
      if (event.lost > 0)
        this.#say(
          `Warning: The server lost the session; ${event.lost} messages are sent again and may be duplicated.\n`,
        );
      this.#feeding ??= this.#sendAll();
    } else if (event.type === 'published') {
      this.#outcome(event);
    } else if (event.type === 'auth') {
      this.#status ||= FAILURES.auth.status;
      this.#say(`Error: ${FAILURES.auth.text}\n`);
      this.#connection.client.end();
    }
  }

  async #sendAll(): Promise<void> {
    try {
      if (this.#payload === undefined) await this.#feed?.run();
      else this.#send(this.#single(this.#payload), this.#payload);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#status ||= tellFailure(error, this.#plan, this.#io);
    }
    if (this.#payload === undefined || this.#plan.repeat === 1) this.#inputEnded = true;
    this.#leaveWhenDone();
  }

  #progress(): Progress | undefined {
    const { published, settled } = this.#tally;
    if (published === 0) return undefined;
    const { qos, repeat } = this.#plan;
    if (this.#payload !== undefined && repeat === 1) return { done: 1, what: 'sent', bytes: this.#payload.length };
    return {
      done: published,
      what: 'sent',
      acknowledged: qos === 0 ? undefined : settled,
      total: this.#payload === undefined ? undefined : repeat,
      share: this.#feed?.share,
    };
  }

  #single(payload: Uint8Array): RecordMessage {
    const { topic, qos, retain, properties } = this.#plan;
    return { topic, payload, qos, retain, properties };
  }

  /** `record`: what is kept of the message when it does not arrive. */
  #send(message: RecordMessage, record: Uint8Array): void {
    this.#tally.published++;
    if (message.qos === 0) this.#hasQos0 = true;
    else this.#hasAcknowledged = true;
    const token = this.#connection.client.publish(message);
    if (this.#unsent !== undefined) this.#flights.set(token, record);
  }

  #sendInRows(): Pick<Outlet, 'sendSlices'> {
    const content = this.#single(NO_PAYLOAD);
    return {
      sendSlices: (slices) => {
        const count = this.#connection.client.publishSlices(content, slices);
        this.#tally.written(count);
        return count;
      },
    };
  }

  /** What was sent before may still arrive; nothing after it is sent, so that the order stays. */
  #unreadable(failure: Failure): boolean {
    this.#status ||= tellFailure(failure, this.#plan, this.#io);
    if (this.#unsent === undefined) return false;
    this.#keepRestOfInput();
    return true;
  }

  #keepRestOfInput(): void {
    if (!this.#keeping) this.#say(`Warning: The rest of standard input goes to ${this.#plan.unsent}.\n`);
    this.#keeping = true;
  }

  #outcome(event: Extract<SessionEvent, { type: 'published' }>): void {
    this.#tally.settle(event.code, event.local);
    if (isRefusal(event.code)) this.#refused(event);
    this.#flights.delete(event.token);
    if (this.#payload !== undefined && !this.#inputEnded) this.#repeat(this.#payload.length);
    this.#leaveWhenDone();
  }

  #refused(event: Extract<SessionEvent, { type: 'published' }>): void {
    const payload = this.#flights.get(event.token);
    if (payload !== undefined) {
      this.#unsent?.put(payload);
      this.#unsent?.flush();
    }
    const { status, text } = refusal(event);
    this.#status ||= status;
    this.#say(text);
  }

  #repeat(length: number): void {
    const { qos, repeat, repeatDelay } = this.#plan;
    if (this.#tally.published >= repeat) {
      this.#inputEnded = true;
      return;
    }
    // At QoS 0 the outcome is there at once, so without a break all would be in memory before any of it is written.
    this.#row += PACKET_BYTES + length;
    if (repeatDelay === 0 && (qos > 0 || this.#row < MOST_IN_ROW)) return this.#sendAgain();
    this.#row = 0;
    this.#io.clock.callAt(this.#io.clock.now() + repeatDelay, () => this.#sendAgain());
  }

  /** At QoS 0 no faster than the server takes it. */
  #sendAgain(): void {
    if (this.#inputEnded) return;
    this.#stalled = this.#plan.qos === 0 && !this.#connection.client.canPublish(0);
    if (!this.#stalled) this.#send(this.#single(this.#payload!), this.#payload!);
  }

  #leaveWhenDone(): void {
    if (this.#inputEnded && this.#tally.isSettled) this.#connection.client.end();
  }

  #interrupted(failure: Failure, warning: string): void {
    const stuck = this.#plan.retry.count === undefined ? this.#stuck.lost(failure) : undefined;
    this.#acks.stop();
    if (stuck !== undefined) return this.#abandon(stuck);
    this.#say(warning);
    if (!this.#hasQos0 || this.#tally.published === 0) return;
    // Nobody can say what became of messages that are not acknowledged, so this cannot end with 0.
    this.#say('Warning: Messages sent at QoS 0 before the connection was lost may not have arrived.\n');
    this.#status ||= FAILURES['connection-lost'].status;
  }

  #abandon(failure: Failure): void {
    this.#connection.client.abandon();
    void this.#over(failure);
  }

  /** Stops reading and leaves what is in flight a moment to arrive. */
  #interrupt(signal: number): void {
    if (this.#signal || this.#draining) {
      this.#signal ||= signal;
      this.#stopDraining();
      return this.#giveUp(128 + this.#signal);
    }
    this.#signal = signal;
    this.#cutShort = !this.#inputEnded;
    this.#inputEnded = true;
    this.#feed?.stop();
    if (this.#cutShort) this.#status ||= 128 + signal;
    this.#ending.hurry();
    if (this.#tally.isSettled) this.#connection.client.end(0, true, this.#ending.linger);
    this.#ending.late(() => this.#giveUp(this.#isDelivered && !this.#cutShort ? this.#status : 128 + signal));
  }

  #giveUp(status: number): void {
    if (!this.#concluded) warnOfUnread(this.#connection, this.#plan, this.#io);
    void this.#conclude(status);
  }

  /** The server has acknowledged, or read, all that was sent, and there is no more to send. */
  get #isDelivered(): boolean {
    return this.#inputEnded && this.#tally.isSettled && !this.#connection.client.hasUnread;
  }

  async #over(failure: Failure | undefined): Promise<void> {
    let status = this.#status;
    const everything = this.#isDelivered && !this.#cutShort;
    if (failure !== undefined && !this.#isDelivered) {
      status = tellFailure(withUnread(failure, this.#connection), this.#plan, this.#io);
      if (failure.kind === 'refused') this.#say(`Error: ${this.#refusedAgain(failure)}\n`);
      this.#connection.hint();
    }
    if (this.#signal && !everything) status = 128 + this.#signal;
    if (!this.#inputEnded) await this.#drain();
    this.#feed?.stop();
    await this.#ending.within(this.#connection.output.finished());
    await this.#conclude(status);
  }

  /** What is on its way is not delivered, and goes into the file; then, with -l, what is still to be read. */
  async #drain(): Promise<void> {
    if (this.#unsent === undefined || this.#feed === undefined || this.#concluded) return;
    this.#keepRestOfInput();
    this.#draining = true;
    this.#keepFlights();
    this.#feed.keep();
    this.#feeding ??= this.#sendAll();
    const stopped = new Promise<void>((resolve) => {
      this.#stopDraining = resolve;
    });
    await Promise.race([this.#feeding, stopped]);
  }

  #keepFlights(): void {
    for (const payload of this.#flights.values()) this.#unsent?.put(payload);
    this.#flights.clear();
    this.#unsent?.flush();
  }

  /** Reports, and ends the run. */
  async #conclude(status: number): Promise<void> {
    if (this.#concluded) return;
    this.#concluded = true;
    this.#acks.stop();
    const { qos, summary } = this.#plan;
    const tally = this.#tally;
    const open = tally.published - tally.settled;
    if (this.#unsent !== undefined) {
      this.#keepFlights();
      if (this.#payload !== undefined)
        for (let i = tally.published; i < this.#plan.repeat; i++) this.#unsent.put(this.#payload);
      const stopped = new Promise<void>((resolve) => {
        this.#stopDraining = resolve;
      });
      const problem = await keepRest(this.#unsent, this.#feed, stopped, this.#plan, this.#io);
      status ||= problem;
    } else if (this.#signal && open > 0) {
      this.#say(`Warning: ${open} ${open === 1 ? 'message was' : 'messages were'} sent and not acknowledged.\n`);
    }
    // Asked for by name, so not silenced by --quiet.
    if (summary) {
      const { waiting, resent } = this.#connection.client;
      const unsent = this.#unsent?.count;
      this.#io.stderr(`${tally.line(this.#hasAcknowledged ? 1 : qos, { waiting, resent, unsent })}\n`);
    }
    this.#finish(status);
  }

  /** mosquitto_pub says a refused CONNACK a second time, in one of two ways. */
  #refusedAgain(failure: Failure): string {
    const plain = this.#payload === undefined || (this.#plan.session.version !== 5 && failure.status <= 5);
    return FAILURES[plain ? 'refused' : 'protocol'].text;
  }

  #say(text: string): void {
    say(text, this.#plan, this.#io);
  }
}
