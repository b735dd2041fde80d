/**
 * tssub: prints the messages on its topics. A message is acknowledged only after standard output has accepted it, so
 * the broker keeps what a closed reader, a full disk or a kill leaves unprinted.
 */
import type { SubPlan } from '../../cli/plan/types.ts';
import { FAILURES, type Failure } from '../../errors.ts';
import { QUOTA_EXCEEDED } from '../../mqtt/reasons.ts';
import type { Delivery, SessionEvent } from '../../mqtt/session/events.ts';
import { TopicTree } from '../../mqtt/topic-tree.ts';
import type { PublishPacket } from '../../mqtt/types.ts';
import { type BrokerIo, type Connection, openConnection, WITH_WILL, warnDiscarded } from '../broker/connection.ts';
import { Run } from '../run.ts';
import { atOnce } from '../terminal/message-printer.ts';
import { outputBroke, outputWasCutOff } from '../terminal/stdout.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { Drain } from './drain.ts';
import { MessageCount } from './message-count.ts';
import type { MessageSink, SinkContext } from './message-sink.ts';
import { type Parts, partsOf } from './parts.ts';
import { Removals } from './removals.ts';
import { type MessageVerdict, verdictOf } from './verdict.ts';
import { SubscriptionSet } from './wanted.ts';

/** Exit status when the time limit or a signal ended the run before a CONNACK, as of mosquitto_sub. */
const NEVER_CONNECTED = 255;
/** Exit status when the last attempt of a command failed, as of xargs. */
const GIVEN_UP = 123;
/** Exit status when --drain received no message. */
const NOTHING_QUEUED = 28;

export async function sub(plan: SubPlan, io: BrokerIo): Promise<number> {
  try {
    const parts = await partsOf(plan, io);
    return await new Subscriber(plan, parts).run().finally(() => parts.ready?.end());
  } catch (error) {
    return new Run(plan, io).fail(error);
  }
}

/** What follows a message in the output: its delivery and, with --remove-retained, its topic before that. */
type OutputMark = Delivery | string;

class Subscriber {
  readonly #plan: SubPlan;
  readonly #run: Run;
  readonly #connection: Connection<OutputMark>;
  readonly #wanted: SubscriptionSet;
  readonly #verdict: (packet: PublishPacket) => MessageVerdict;
  readonly #sink: MessageSink;
  /** As SinkContext.mark. */
  readonly #mark: SinkContext['mark'];
  readonly #drain: Drain;
  readonly #removals: Removals;
  readonly #count: MessageCount;
  readonly #acknowledgements: Acknowledgements;
  /** `connecting`: no CONNACK yet. `leaving`: the end has begun, for any reason. `closing`: the connection is closing too. */
  #state: 'connecting' | 'running' | 'leaving' | 'closing' = 'connecting';

  constructor(plan: SubPlan, { io, ready, newSink }: Parts) {
    const run = new Run(plan, io);
    const unwanted = plan.filterOut.length > 0 ? new TopicTree(plan.filterOut) : undefined;
    this.#plan = plan;
    this.#run = run;
    this.#verdict = verdictOf(plan, unwanted, io.random);
    this.#count = new MessageCount(plan);
    this.#acknowledgements = new Acknowledgements(plan, this.#count);
    this.#connection = openConnection<OutputMark>(
      plan,
      io,
      'always',
      {
        event: (event) => this.#event(event),
        isOver: () => this.#isStopped,
        settled: () => this.#throttle(),
        discarded: (packet) => {
          if (unwanted?.matches(packet.topic)) return;
          warnDiscarded(packet, run);
          // Some received messages were not delivered.
          run.status ||= QUOTA_EXCEEDED;
        },
        interrupted: (failure, warning) => this.#interrupted(failure, warning),
        over: (failure) => void this.#over(failure),
      },
      {
        written: (mark) => (typeof mark === 'string' ? this.#removals.remove(mark) : this.#delivered(mark)),
        room: () => {
          this.#sink.outputRoom();
          this.#throttle();
        },
        broken: (errno) => {
          // The output of commands is discarded now, so that they can end.
          this.#sink.outputRoom();
          this.#leave(outputBroke(errno, run), 0);
        },
      },
      atOnce(plan),
    );
    const { client, output, debug } = this.#connection;
    this.#mark = (packet, delivery) => {
      if (plan.removeRetained && packet.retain) output.mark(packet.topic);
      output.mark(delivery);
    };
    this.#removals = new Removals(client, run);
    this.#wanted = new SubscriptionSet(plan, {
      client,
      run,
      debug,
      granted: () => ready?.announce((failure) => this.#leave(run.fail(failure), 0)),
      leave: (status) => this.#leave(status, 0),
    });
    this.#sink = newSink({
      client,
      output,
      run,
      mark: this.#mark,
      room: () => this.#throttle(),
      givenUp: () => this.#leave(GIVEN_UP, 0),
      isOver: () => this.#isStopped,
    });
    this.#drain = new Drain({
      clock: io.clock,
      quiet: plan.drain,
      isIdle: () => this.#wanted.isAnswered && this.#count.waiting === 0 && !this.#isStopped,
      ping: () => client.ping(),
      drained: () => this.#leave(this.#count.put === 0 ? NOTHING_QUEUED : this.#count.shortOf(0), 0),
    });
  }

  run(): Promise<number> {
    this.#run.onSignal(
      (status) => this.#interrupt(status),
      (status) => this.#abort(status),
    );
    this.#run.timeLimit(this.#plan.timeout, () => this.#timedOut());
    this.#connection.client.connect();
    return this.#run.over;
  }

  get #isLeaving(): boolean {
    return this.#state === 'leaving' || this.#state === 'closing';
  }

  /** True when no more messages are printed or acknowledged. */
  get #isStopped(): boolean {
    return this.#count.isFull || this.#isLeaving;
  }

  #event(event: SessionEvent): void {
    switch (event.type) {
      case 'message':
        return this.#message(event.packet, event.delivery);
      case 'connected':
        return this.#connected(event.packet.sessionPresent);
      case 'subscribed':
        this.#drain.touch();
        return this.#wanted.subscribed(event);
      case 'unsubscribed':
        this.#drain.touch();
        return this.#wanted.unsubscribed(event);
      case 'published':
        this.#sink.published(event);
        return this.#removals.published(event);
      case 'pong':
        return this.#drain.pong();
      case 'auth':
        this.#run.warn(`Error: ${FAILURES.auth.text}\n`);
        return this.#leave(FAILURES.auth.status, 0);
      default:
        return;
    }
  }

  #connected(sessionPresent: boolean): void {
    if (this.#state === 'connecting') this.#state = 'running';
    this.#sink.connected();
    this.#acknowledgements.connected(this.#isLeaving);
    this.#drain.touch();
    this.#wanted.connected(sessionPresent, this.#isStopped);
  }

  #interrupted(failure: Failure, warning: string): void {
    this.#drain.stop();
    this.#acknowledgements.lost(failure, this.#isLeaving);
    if (!this.#isLeaving || this.#acknowledgements.goOn) this.#run.warn(warning);
  }

  #message(packet: PublishPacket, delivery: Delivery): void {
    // A message received after the end is not acknowledged, so the broker keeps it for the next run.
    if (this.#isStopped) return;
    this.#drain.touch();
    const verdict = this.#verdict(packet);
    if (verdict === 'end') return this.#leave(0, 0);
    if (verdict === 'skip') return this.#connection.client.acknowledge(delivery);
    this.#count.put++;
    if (verdict === 'put') this.#sink.put(packet, delivery);
    else this.#mark(packet, delivery);
  }

  /** Standard output has accepted the message. */
  #delivered(delivery: Delivery): void {
    this.#acknowledgements.given(delivery.qos);
    this.#connection.client.acknowledge(delivery);
    this.#drain.touch();
    this.#count.taken++;
    if (this.#count.isTaken) this.#leave(0, 0);
  }

  /** Runs after each turn, and when there may be room: reads no more than there is room for. The end needs no room. */
  #throttle(): void {
    this.#connection.client.setReading(!this.#sink.isFull || this.#isStopped);
  }

  #interrupt(status: number): void {
    this.#hurry();
    if (this.#isLeaving) return;
    // A run below its count has not done its work.
    const isDone = this.#state === 'running' && this.#count.isEnough;
    this.#leave(isDone ? 0 : this.#count.shortOf(status), WITH_WILL);
  }

  /** Ends without waiting. Messages left unprinted or open make it a failure. */
  #abort(status: number): void {
    this.#sink.abort();
    const isOpen = this.#connection.output.pending > 0 || this.#sink.isBusy || this.#removals.isOpen;
    this.#run.end(this.#run.status || (isOpen || this.#acknowledgements.goOn ? status : 0));
  }

  #timedOut(): void {
    this.#hurry();
    if (this.#isLeaving) return;
    // The failure and its reason are known; only the close is still pending.
    if (this.#connection.client.isFailing) return this.#close(0, false);
    if (this.#state === 'connecting') {
      const { timeout } = this.#plan;
      if (timeout !== undefined) this.#run.warn(`Error: No connection within ${timeout / 1000} s.\n`);
      return this.#leave(NEVER_CONNECTED, WITH_WILL);
    }
    this.#run.warn(`${FAILURES.timeout.text}${this.#count.soFar()}\n`);
    this.#leave(this.#count.shortOf(FAILURES.timeout.status), WITH_WILL);
  }

  #hurry(): void {
    this.#run.ending.hurry();
    if (this.#state === 'closing') this.#close(0, false);
  }

  /** Closes the connection cleanly. Only MQTT 5 can send a reason code other than 0. */
  #leave(status: number, reason: number): void {
    this.#run.status ||= status;
    if (this.#isLeaving) return;
    this.#state = 'leaving';
    if (this.#sink.stop() > 0) this.#run.status ||= this.#run.signalStatus;
    this.#drain.stop();
    void this.#finishFlows(this.#plan.session.version === 5 ? reason : 0);
  }

  #close(reason: number, asks: boolean): void {
    this.#connection.client.end(reason, asks, this.#run.ending.linger);
  }

  /** Before the connection closes, prints what is received, acknowledges what is printed, and completes QoS 2 flows. */
  async #finishFlows(reason: number): Promise<void> {
    const { ending } = this.#run;
    // Commands have no deadline here.
    await this.#sink.ended();
    await ending.printed(this.#connection.output);
    // The packets that end the flows may follow more messages than the reader has accepted.
    this.#connection.client.setReading(true);
    const again = this.#acknowledgements.goOn;
    const flows = this.#sink.idle().then(() => this.#connection.client.flowsEnded(again));
    const isSettled = await ending.within(flows.then(() => this.#acknowledgements.settled(again)));
    this.#sink.disconnected();
    if (!isSettled) {
      this.#removals.giveUp();
      this.#acknowledgements.giveUp();
    }
    this.#state = 'closing';
    this.#close(reason, true);
  }

  async #over(failure: Failure | undefined = this.#acknowledgements.problem): Promise<void> {
    const run = this.#run;
    const { output } = this.#connection;
    const wasAsked = this.#isStopped;
    this.#state = 'closing';
    this.#drain.stop();
    this.#sink.disconnected();
    await this.#sink.idle();
    // After an unclean end, the acknowledgements at QoS 1 or 2 may be lost, and the broker sends those messages again.
    if (failure !== undefined && (!wasAsked || (run.status === 0 && !this.#acknowledgements.areNone))) {
      run.status = run.fail(failure);
      if (run.signalStatus !== 0) run.status = run.signalStatus;
      await this.#connection.hint();
    }
    await run.ending.printed(output);
    if (output.pending > 0 && !output.isBroken) outputWasCutOff(this.#count.waiting, run);
    run.end();
  }
}
