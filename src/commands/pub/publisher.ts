/**
 * tspub: sends a message, or each record of standard input, and exits. Exit status 0 means that every message was
 * acknowledged with success (QoS 1 and 2), or that the broker has shown that it read it (QoS 0).
 */
import type { PubPlan } from '../../cli/plan/types.ts';
import { FAILURES, type Failure } from '../../errors.ts';
import type { SessionEvent } from '../../mqtt/session/events.ts';
import { plural } from '../../util/phrases.ts';
import { apartFromOthers, type BrokerIo, type Connection, openConnection } from '../broker/connection.ts';
import { wholePayload } from '../input/whole-payload.ts';
import { Run } from '../run.ts';
import { showSending, type WorkProgress } from '../terminal/progress.ts';
import { AckWatch } from './ack-watch.ts';
import { type MessageSource, OneMessage, type Outlet } from './message-source.ts';
import { Outcomes } from './outcomes.ts';
import { recordStream } from './record-stream.ts';
import type { UnsentFile } from './unsent.ts';

const NO_PAYLOAD = Buffer.alloc(0);

/** Failures that do not show what the broker has read; the other failures are its response. */
const SILENT: ReadonlySet<string> = new Set(['connection-lost', 'keepalive']);
/** Why delivery at QoS 0 may stay unknown (decision 23). */
const UNREAD = 'the broker did not confirm that it read the messages sent at QoS 0';

export async function pub(plan: PubPlan, io: BrokerIo): Promise<number> {
  const run = new Run(plan, io);
  let source: MessageSource;
  let unsent: UnsentFile | undefined;
  try {
    const payload = plan.source.kind === 'lines' ? undefined : await wholePayload(plan.source, plan, io);
    source = payload === undefined ? await recordStream(plan, io) : new OneMessage(plan, payload, io.clock);
    if (plan.unsent !== undefined) {
      // Loaded only with --unsent.
      const { unsentFile } = await import('./unsent.ts');
      unsent = unsentFile(plan.unsent, plan, payload);
      if (unsent.warning !== undefined) run.warn(`${unsent.warning}\n`);
    }
  } catch (error) {
    return run.fail(error);
  }
  return new Publisher(plan, io, run, source, new Outcomes(plan, run, unsent)).run();
}

class Publisher {
  readonly #plan: PubPlan;
  readonly #io: BrokerIo;
  readonly #run: Run;
  readonly #source: MessageSource;
  readonly #outcomes: Outcomes;
  readonly #connection: Connection;
  readonly #acks: AckWatch;
  #feeding: Promise<void> | undefined;
  /** True when a signal ended the run before all input was read. */
  #cutShort = false;
  /** True when the connection is closed and only the rest of the input has to be stored. */
  #draining = false;
  #concluded = false;

  constructor(plan: PubPlan, io: BrokerIo, run: Run, source: MessageSource, outcomes: Outcomes) {
    this.#plan = plan;
    this.#io = io;
    this.#run = run;
    this.#source = source;
    this.#outcomes = outcomes;
    this.#acks = new AckWatch(io.clock, plan.ackTimeout, run, {
      counts: () => outcomes.counts,
      tooLong: (failure) => this.#abandon(failure),
    });
    this.#connection = openConnection(
      plan.qos === 2 || plan.records?.kind === 'json' ? apartFromOthers(plan, io) : plan,
      io,
      // mosquitto_pub reconnects only with -l.
      this.#hasRecords ? 'always' : 'if allowed',
      {
        event: (event) => this.#event(event),
        settled: () => {
          source.resume();
          this.#acks.turn();
        },
        interrupted: (_failure, warning) => this.#interrupted(warning),
        over: (failure) => void this.#over(failure),
      },
    );
  }

  run(): Promise<number> {
    this.#run.onSignal(
      (status) => (this.#draining ? this.#leaveNow() : this.#interrupt(status)),
      () => this.#leaveNow(),
      { hangup: this.#outcomes.hasFile },
    );
    const stopShowing = showSending(this.#plan, this.#io, () => this.#progress());
    this.#connection.client.connect();
    return this.#run.over.finally(stopShowing);
  }

  #event(event: SessionEvent): void {
    if (event.type === 'connected') {
      if (event.lost > 0)
        this.#run.warn(
          `Warning: The broker lost the session; ${plural(event.lost, 'message')} ${event.lost === 1 ? 'is' : 'are'} sent again and may be duplicated.\n`,
        );
      this.#feeding ??= this.#sendAll();
    } else if (event.type === 'published') {
      const status = this.#outcomes.settled(event);
      this.#run.status ||= status;
      this.#source.settled();
      this.#leaveWhenDone();
    } else if (event.type === 'auth') {
      this.#run.status ||= FAILURES.auth.status;
      this.#run.warn(`Error: ${FAILURES.auth.text}\n`);
      this.#connection.client.end();
    }
  }

  async #sendAll(): Promise<void> {
    try {
      await this.#source.start(this.#outlet());
    } catch (error) {
      this.#run.failed(error);
    }
    this.#leaveWhenDone();
  }

  #outlet(): Outlet {
    const { client } = this.#connection;
    const { topic, qos, retain, properties, records } = this.#plan;
    const outcomes = this.#outcomes;
    const outlet: Outlet = {
      canSend: (level) => client.canPublish(level),
      send: (message, record) => outcomes.sent(client.publish(message), message.qos, record),
      keep: (records) => outcomes.keep(records),
      unreadable: (failure) => this.#unreadable(failure),
    };
    if (!this.#hasRecords || qos > 0 || records !== undefined || outcomes.hasFile) return outlet;
    const content = { topic, payload: NO_PAYLOAD, qos, retain, properties };
    const sendSlices: Outlet['sendSlices'] = (slices) => {
      const count = client.publishSlices(content, slices);
      outcomes.written(count);
      return count;
    };
    return { ...outlet, sendSlices };
  }

  /** Messages sent before may still arrive. No message after the invalid record is sent, to preserve the order. */
  #unreadable(failure: Failure): boolean {
    this.#run.failed(failure);
    const { hasFile } = this.#outcomes;
    if (hasFile) this.#outcomes.keepInput();
    return hasFile;
  }

  #progress(): WorkProgress | undefined {
    const { published, settled } = this.#outcomes.counts;
    if (published === 0) return undefined;
    const acknowledged = this.#plan.qos === 0 ? undefined : settled;
    return { done: published, what: 'sent', acknowledged, ...this.#source.progress() };
  }

  get #hasRecords(): boolean {
    return this.#plan.source.kind === 'lines';
  }

  #leaveWhenDone(): void {
    if (this.#source.isOver && this.#outcomes.counts.isSettled) this.#connection.client.end();
  }

  #interrupted(warning: string): void {
    const poison = this.#plan.retry.count === undefined ? this.#connection.client.poisonMessage : undefined;
    this.#acks.stop();
    if (poison !== undefined) return this.#abandon(poison);
    this.#run.warn(warning);
    if (!this.#outcomes.hasQos0) return;
    // The fate of unacknowledged messages is unknown, so the exit status cannot be 0.
    this.#run.warn('Warning: Messages sent at QoS 0 before the connection was lost may not have arrived.\n');
    this.#run.status ||= FAILURES['connection-lost'].status;
  }

  #abandon(failure: Failure): void {
    this.#connection.client.abandon();
    void this.#over(failure);
  }

  /** Stops reading, and gives messages in flight a moment to be acknowledged. */
  #interrupt(status: number): void {
    const { ending } = this.#run;
    this.#cutShort = !this.#source.isOver;
    this.#source.stop();
    if (this.#cutShort) this.#run.status ||= status;
    ending.hurry();
    if (this.#outcomes.counts.isSettled) this.#connection.client.end(0, true, ending.linger);
    ending.late(() => this.#giveUp(this.#isComplete ? this.#run.status : status));
  }

  /** Waits for nothing more, not even for the rest of a long file. */
  #leaveNow(): void {
    if (this.#concluded) this.#source.close();
    this.#giveUp(this.#run.signalStatus);
  }

  #giveUp(status: number): void {
    if (!this.#concluded && this.#connection.client.hasUnread)
      this.#run.warn(`Warning: ${UNREAD.replace('the', 'The')}.\n`);
    void this.#conclude(status);
  }

  /** True when the broker has acknowledged or read every sent message and none is left to send. */
  get #isDelivered(): boolean {
    return this.#source.isOver && this.#outcomes.counts.isSettled && !this.#connection.client.hasUnread;
  }

  /** True when, in addition, every message was sent. */
  get #isComplete(): boolean {
    return this.#isDelivered && !this.#cutShort;
  }

  async #over(failure: Failure | undefined): Promise<void> {
    let { status } = this.#run;
    if (failure !== undefined && !this.#isDelivered) {
      const isOpen = this.#connection.client.hasUnread && SILENT.has(failure.kind);
      status = this.#run.fail(isOpen ? failure.with(`${failure.message}; ${UNREAD}`) : failure);
      if (failure.kind === 'refused') this.#run.warn(`Error: ${this.#refusedAgain(failure)}\n`);
      await this.#connection.hint();
    }
    if (this.#run.signalStatus !== 0 && !this.#isComplete) status = this.#run.signalStatus;
    if (!this.#source.isOver) await this.#drain();
    this.#source.stop();
    await this.#run.ending.within(this.#connection.output.finished());
    await this.#conclude(status);
  }

  /** Stores messages in flight as undelivered and, with -l, the rest of the input. */
  async #drain(): Promise<void> {
    if (!this.#outcomes.hasFile || !this.#hasRecords || this.#concluded) return;
    this.#outcomes.keepInput();
    this.#draining = true;
    this.#outcomes.keepOpen();
    this.#source.keep();
    this.#feeding ??= this.#sendAll();
    await this.#feeding;
  }

  /** Prints the summary, and ends the run. */
  async #conclude(status: number): Promise<void> {
    if (this.#concluded) return;
    this.#concluded = true;
    this.#acks.stop();
    const problem = await this.#outcomes.end(this.#source);
    // The user requested the summary, so --quiet does not silence it.
    if (this.#plan.summary) this.#io.stderr(`${this.#outcomes.summary(this.#connection.client)}\n`);
    this.#run.end(status || problem);
  }

  /** mosquitto_pub prints a rejected CONNACK a second time, in one of two ways. */
  #refusedAgain(failure: Failure): string {
    const plain = this.#hasRecords || (this.#plan.session.version !== 5 && failure.status <= 5);
    return FAILURES[plain ? 'refused' : 'protocol'].text;
  }
}
