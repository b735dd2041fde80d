/**
 * tssub: prints what comes on its topics. A message is acknowledged only after standard output has taken it, so what a
 * dead reader, a full disk or a kill leaves unprinted stays with the server.
 */
import type { SubPlan } from '../../cli/plan/types.ts';
import { FAILURES, Failure } from '../../errors.ts';
import { isRefusal, reasonText } from '../../mqtt/reasons.ts';
import type { SessionEvent, Token } from '../../mqtt/session/events.ts';
import type { Delivery } from '../../mqtt/session/inbound.ts';
import { TopicTree } from '../../mqtt/topic-tree.ts';
import type { PublishPacket } from '../../mqtt/types.ts';
import { MessageRate } from '../../output/rate.ts';
import {
  type BrokerIo,
  type Connection,
  openConnection,
  READER_GONE,
  say,
  tellBroken,
  tellFailure,
  tellUnprinted,
  UNFINISHED,
  WITH_WILL,
} from '../broker/connection.ts';
import { tellDiscarded } from '../broker/discarded.ts';
import { Ending } from '../ending.ts';
import { onSignals, onTimeLimit } from '../signals.ts';
import { atOnce, messagePrinter, type PrintMessage } from '../terminal/message-printer.ts';
import { Drain } from './drain.ts';
import type { Executor } from './exec/executor.ts';
import { type Parts, partsOf } from './parts.ts';
import { Removals } from './removals.ts';
import { deniedOf, GIVEN_UP, NEVER_CONNECTED, NOTHING_QUEUED, shortOf, soFar } from './status.ts';

export async function sub(plan: SubPlan, io: BrokerIo): Promise<number> {
  try {
    const parts = await partsOf(plan, io);
    return await new Subscriber(plan, parts.watch?.around(io) ?? io, parts).run().finally(() => parts.ready?.end());
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return tellFailure(error, plan, io);
  }
}

class Subscriber {
  readonly #plan: SubPlan;
  readonly #io: BrokerIo;
  readonly #connection: Connection;
  readonly #print: PrintMessage;
  /** The filters of -T. */
  readonly #unwanted: TopicTree | undefined;
  readonly #rate: MessageRate | undefined;
  readonly #exec: Executor | undefined;
  readonly #drain: Drain | undefined;
  readonly #removals: Removals;
  readonly #parts: Parts;

  #everConnected = false;
  /** Why there is no connection at present. */
  #lost: Failure | undefined;
  /** The same when something was printed since that could not be acknowledged. */
  #owing: Failure | undefined;
  #asked: 'no' | 'waiting' | 'granted' = 'no';
  /** Filters whose UNSUBACK is waited for. */
  readonly #unsubscribing = new Map<Token, string>();
  /** Messages put into the output, and of those: written. */
  #printed = 0;
  #written = 0;
  /** Nothing more is printed, but what is may still wait for its reader. */
  #counted = false;
  /** The end has begun, for whatever reason. */
  #leaving = false;
  readonly #ending: Ending;
  /** The connection is being closed. */
  #closing = false;
  /** Every flow of messages has come to its end. */
  #isSettled = false;
  #signal = 0;
  #status = 0;
  #finish: (status: number) => void = () => {};

  constructor(plan: SubPlan, io: BrokerIo, parts: Parts) {
    this.#parts = parts;
    this.#plan = plan;
    this.#io = io;
    this.#ending = new Ending(io.clock);
    this.#connection = openConnection(
      plan,
      io,
      'always',
      {
        event: (event) => this.#event(event),
        isOver: () => this.#stopped,
        settled: () => this.#throttle(),
        discarded: (packet) => {
          if (!this.#unwanted?.matches(packet.topic)) this.#status ||= tellDiscarded(packet, plan, io);
        },
        interrupted: (failure, warning) => {
          this.#drain?.stop();
          this.#lost = failure;
          // Nobody has seen that the server read our acknowledgements.
          if (this.#leaving) this.#owing ??= failure;
          if (!this.#leaving || this.#goesOn) this.#say(warning);
        },
        over: (failure) => void this.#over(failure),
      },
      {
        written: (mark) => (typeof mark === 'string' ? this.#removals.remove(mark) : this.#delivered(mark as Delivery)),
        room: () => {
          this.#exec?.outputRoom();
          this.#readOn();
        },
        broken: (errno) => {
          // What commands write goes nowhere now, but they must be able to end.
          this.#exec?.outputRoom();
          this.#leave(tellBroken(errno, plan, io), 0);
        },
      },
      atOnce(plan),
    );
    this.#print = parts.watch?.start(this.#connection.output) ?? messagePrinter(plan, this.#connection.output, io);
    this.#removals = new Removals(this.#connection.client, plan, io);
    this.#unwanted = plan.filterOut.length > 0 ? new TopicTree(plan.filterOut) : undefined;
    this.#rate = plan.messageRate ? new MessageRate() : undefined;
    this.#exec = parts.newExecutor?.({
      ...this.#connection,
      handled: (packet, delivery) => {
        this.#mark(packet, delivery);
        this.#connection.output.flush();
      },
      givenUp: () => this.#leave(GIVEN_UP, 0),
      room: () => this.#readOn(),
    });
    if (plan.drain !== undefined)
      this.#drain = new Drain({
        clock: io.clock,
        quiet: plan.drain,
        isIdle: () => this.#isIdle,
        ping: () => this.#connection.client.ping(),
        drained: () => this.#leave(this.#printed === 0 ? NOTHING_QUEUED : shortOf(this.#plan, this.#printed, 0), 0),
      });
  }

  run(): Promise<number> {
    onSignals(this.#io, (signal) => this.#interrupt(signal));
    const stopTimeout = onTimeLimit(this.#io, this.#plan.timeout, () => this.#timedOut());
    return new Promise<number>((resolve) => {
      this.#finish = resolve;
      this.#rate?.start(this.#io.clock, this.#connection.output, () => this.#stopped);
      this.#connection.client.connect();
    }).finally(stopTimeout);
  }

  /** Subscribed, and everything that came is handled. */
  get #isIdle(): boolean {
    const isAsked = this.#asked === 'granted' || this.#plan.subscriptions.length === 0;
    return isAsked && this.#unsubscribing.size === 0 && this.#printed === this.#written && !this.#stopped;
  }

  /** Nothing more is printed, and nothing that comes is acknowledged. */
  get #stopped(): boolean {
    return this.#counted || this.#leaving;
  }

  #event(event: SessionEvent): void {
    switch (event.type) {
      case 'message':
        return this.#message(event.packet, event.delivery);
      case 'connected':
        return this.#connected(event.packet.sessionPresent);
      case 'subscribed':
        return this.#subscribed(event);
      case 'unsubscribed':
        return this.#unsubscribed(event);
      case 'published':
        if (this.#exec?.published(event) === true) return;
        this.#status = this.#removals.removed(event, this.#status);
        return;
      case 'pong':
        return this.#drain?.pong();
      case 'auth':
        this.#say(`Error: ${FAILURES.auth.text}\n`);
        return this.#leave(FAILURES.auth.status, 0);
      default:
        return;
    }
  }

  #connected(sessionPresent: boolean): void {
    const { client } = this.#connection;
    const { subscriptions, subscribeProperties, unsubscribe, unsubscribeProperties } = this.#plan;
    this.#everConnected = true;
    this.#parts.watch?.connected();
    this.#lost = undefined;
    if (!this.#leaving) this.#owing = undefined;
    if (this.#asked === 'granted' && !sessionPresent && !this.#plan.session.clean)
      this.#say('Warning: The server lost the session; messages it held may be missing.\n');
    this.#drain?.touch();
    // A server that kept the session kept the subscriptions made in it; asking again would bring retained messages again.
    // A request that was not answered is sent again by the session itself.
    if (this.#stopped || this.#asked === 'waiting' || (sessionPresent && this.#asked === 'granted')) return;
    if (subscriptions.length > 0) {
      client.subscribe(subscriptions, subscribeProperties);
      this.#asked = 'waiting';
    }
    for (const filter of unsubscribe)
      this.#unsubscribing.set(client.unsubscribe([filter], unsubscribeProperties), filter);
  }

  #subscribed({ packetId, codes, reason }: Extract<SessionEvent, { type: 'subscribed' }>): void {
    const { debug, quiet, exitAfterSubscribe, subscriptions } = this.#plan;
    this.#asked = 'granted';
    this.#drain?.touch();
    if (debug && !quiet) this.#connection.debug(`Subscribed (mid: ${packetId}): ${codes.join(', ')}\n`);
    const refused = codes.filter(isRefusal);
    if (refused.length === codes.length) {
      this.#say(`All subscription requests were denied.\n${reason ? `${reason}\n` : ''}`);
      return this.#leave(refused[0]!, 0);
    }
    for (const warning of deniedOf(subscriptions, codes)) this.#say(warning);
    if (refused.length === 0)
      this.#parts.ready?.announce((failure) => this.#leave(tellFailure(failure, this.#plan, this.#io), 0));
    // Who waits for --ready must not wait for what never comes.
    if (exitAfterSubscribe || (this.#parts.ready && refused.length > 0)) this.#leave(refused[0] ?? 0, 0);
  }

  #unsubscribed({ token, codes }: Extract<SessionEvent, { type: 'unsubscribed' }>): void {
    const { exitAfterSubscribe, subscriptions } = this.#plan;
    const refused = codes.find(isRefusal);
    if (refused !== undefined) {
      if (exitAfterSubscribe) this.#status ||= refused;
      this.#say(
        `Warning: Unsubscribing from '${this.#unsubscribing.get(token)}' was denied: ${reasonText(refused)}.\n`,
      );
    }
    this.#unsubscribing.delete(token);
    this.#drain?.touch();
    // With topics there is a SUBACK to wait for (-E).
    if (exitAfterSubscribe && subscriptions.length === 0 && this.#unsubscribing.size === 0) this.#leave(0, 0);
  }

  #message(packet: PublishPacket, delivery: Delivery): void {
    // What comes after the end is not acknowledged: it stays with the server for the next run.
    if (this.#stopped) return;
    this.#drain?.touch();
    const { skipRetained, retainedOnly, randomFilter, count } = this.#plan;
    if (retainedOnly && !packet.retain) return this.#leave(0, 0);
    if ((skipRetained && packet.retain) || this.#unwanted?.matches(packet.topic))
      return this.#connection.client.acknowledge(delivery);
    if (++this.#printed === count) this.#counted = true;
    // A message that chance leaves out counts all the same, as in mosquitto_sub.
    const chosen = randomFilter === undefined || this.#io.random() * 100 < randomFilter;
    // What a command takes is marked when the command has ended.
    if (chosen && this.#exec?.take(packet, delivery)) return;
    if (chosen) this.#put(packet);
    this.#mark(packet, delivery);
  }

  /** When the output has taken all so far, the message is delivered. */
  #mark(packet: PublishPacket, delivery: Delivery): void {
    const { output } = this.#connection;
    if (this.#plan.removeRetained && packet.retain) output.mark(packet.topic);
    output.mark(delivery);
  }

  #put(packet: PublishPacket): void {
    if (this.#rate) return this.#rate.add();
    this.#print(packet);
  }

  /** Standard output has taken the message. */
  #delivered(delivery: Delivery): void {
    if (delivery.qos > 0) this.#owing ??= this.#lost;
    this.#connection.client.acknowledge(delivery);
    this.#drain?.touch();
    if (++this.#written === this.#plan.count) this.#leave(0, 0);
  }

  #throttle(): void {
    if (this.#isFull && !this.#stopped) this.#connection.client.setReading(false);
    else if (this.#exec !== undefined) this.#readOn();
  }

  get #isFull(): boolean {
    return this.#connection.output.isFull || this.#exec?.isFull === true;
  }

  #readOn(): void {
    if (!this.#isFull || this.#stopped) this.#connection.client.setReading(true);
  }

  #interrupt(signal: number): void {
    // The second signal does not wait for anybody; what it leaves unprinted, or open, is not success.
    if (this.#signal) {
      this.#exec?.terminate();
      return this.#finish(this.#status || (this.#isOpen ? 128 + signal : 0));
    }
    this.#signal = signal;
    this.#hurry();
    if (this.#leaving) return;
    // A count that was not reached leaves something undone.
    const isDone = this.#everConnected && (this.#counted || this.#plan.count === undefined);
    this.#leave(isDone ? 0 : shortOf(this.#plan, this.#printed, 128 + signal), WITH_WILL);
    if (this.#exec?.hasLost) this.#status ||= 128 + signal;
  }

  get #isOpen(): boolean {
    const { pending } = this.#connection.output;
    return pending > 0 || this.#exec?.isBusy === true || this.#removals.isOpen || (this.#goesOn && !this.#isSettled);
  }

  #timedOut(): void {
    this.#hurry();
    if (this.#leaving) return;
    // That it fails, and why, is known, and only the close is waited for.
    if (this.#connection.client.isFailing) return this.#connection.client.end(0, false, this.#ending.linger);
    if (this.#everConnected) this.#say(`${FAILURES.timeout.text}${soFar(this.#plan, this.#printed)}\n`);
    const status = shortOf(this.#plan, this.#printed, FAILURES.timeout.status);
    this.#leave(this.#everConnected ? status : NEVER_CONNECTED, WITH_WILL);
  }

  #hurry(): void {
    this.#ending.hurry();
    if (this.#closing) this.#connection.client.end(0, false, this.#ending.linger);
  }

  /** Ends the connection in order. Only MQTT 5 can say a reason other than 0. */
  #leave(status: number, reason: number): void {
    this.#leaving = true;
    this.#status ||= status;
    this.#exec?.stop();
    this.#drain?.stop();
    const code = this.#plan.session.version === 5 ? reason : 0;
    void this.#finishFlows().then(() => {
      this.#closing = true;
      this.#connection.client.end(code, true, this.#ending.linger);
    });
  }

  /** What is received is printed, what is printed is acknowledged, and QoS 2 brought to its end, before the connection is. */
  async #finishFlows(): Promise<void> {
    // A command has the time it needs.
    await this.#exec?.ended();
    await this.#ending.printed(this.#connection.output);
    // What ends the flows lies behind messages that were too many for the reader.
    this.#connection.client.setReading(true);
    this.#isSettled = await this.#ending.within(this.#flowsEnded(this.#goesOn));
    this.#exec?.disconnected();
    if (this.#isSettled) return;
    const unremoved = this.#removals.giveUp();
    this.#status ||= unremoved;
    if (this.#goesOn) this.#owing ??= new Failure('connection-lost', { message: UNFINISHED });
  }

  async #flowsEnded(again: boolean): Promise<void> {
    await this.#exec?.idle();
    await this.#connection.client.flowsEnded(again);
    if (again) this.#owing = undefined;
  }

  /** What a connection that breaks at the end leaves open can be brought to its end on the next one. */
  get #goesOn(): boolean {
    const { session, subscriptions } = this.#plan;
    const isOpen = this.#lost === undefined || this.#owing !== undefined;
    return isOpen && !session.clean && this.#printed > 0 && subscriptions.some(({ qos }) => qos > 0);
  }

  async #over(failure: Failure | undefined = this.#owing): Promise<void> {
    const asked = this.#stopped;
    this.#leaving = true;
    this.#drain?.stop();
    this.#exec?.disconnected();
    await this.#exec?.idle();
    // What was printed at QoS 1 or 2 may not count as acknowledged when the end was not in order: it will come again.
    const acknowledged = this.#printed === 0 || this.#plan.subscriptions.every(({ qos }) => qos === 0);
    if (failure !== undefined && (!asked || (this.#status === 0 && !acknowledged))) {
      this.#status = tellFailure(failure, this.#plan, this.#io);
      if (this.#signal) this.#status = 128 + this.#signal;
      this.#connection.hint();
    }
    const { output } = this.#connection;
    await this.#ending.printed(output);
    if (output.pending > 0 && !output.isBroken) {
      this.#status ||= READER_GONE;
      tellUnprinted(this.#printed - this.#written, this.#plan, this.#io);
    }
    this.#finish(this.#status);
  }

  #say(text: string): void {
    say(text, this.#plan, this.#io);
  }
}
