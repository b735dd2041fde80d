/**
 * Sends the waiting messages of a spool over one session. A message counts as delivered only after the broker has
 * acknowledged it or, at QoS 0, has shown that it read it.
 */

import type { PubPlan } from '../../cli/plan/types.ts';
import { FAILURES, Failure } from '../../errors.ts';
import { isRefusal, reasonText } from '../../mqtt/reasons.ts';
import type { SessionEvent } from '../../mqtt/session/events.ts';
import type { Clock } from '../../runtime/io.ts';
import type { StoredMessage } from '../../spool/record.ts';
import type { Sender } from '../../spool/sender.ts';
import type { Millis } from '../../util/millis.ts';
import { plural } from '../../util/phrases.ts';
import { type BrokerIo, type Connection, openConnection } from '../broker/connection.ts';
import { AckWatch } from '../pub/ack-watch.ts';
import { hintOfRejection } from '../pub/hint-of-rejection.ts';
import type { Published } from '../pub/summary.ts';
import type { Run } from '../run.ts';
import { Prefetch } from './prefetch.ts';
import { SendWindow } from './send-window.ts';
import { SpoolStore } from './spool-store.ts';

/** How often to renew the time of the lock while the broker is silent, to show that the lock is held. */
const TOUCH_EVERY: Millis = 10_000;

/** The result of sending. */
export interface Delivered {
  /** Why sending ended; undefined when every waiting message was sent. */
  readonly failure: Failure | undefined;
  /** Reason codes of the messages that the broker rejected. Such a message stays in the spool. */
  readonly refused: ReadonlyMap<number, number>;
  /** Messages with properties, which this version of MQTT cannot send: they stay in the spool too. */
  readonly unfit: ReadonlySet<number>;
}

export class SendLoop {
  readonly #plan: PubPlan;
  readonly #run: Run;
  readonly #connection: Connection;
  readonly #prefetch: Prefetch;
  readonly #window = new SendWindow();
  readonly #store: SpoolStore;
  readonly #acks: AckWatch;
  readonly #delivered = {
    failure: undefined as Failure | undefined,
    refused: new Map<number, number>(),
    unfit: new Set<number>(),
    /** The first message that the broker rejected, for the hint. */
    first: undefined as (Pick<Published, 'code' | 'reason'> & { readonly topic: string }) | undefined,
  };
  /** waiting: for the next connection attempt. leaving: DISCONNECT is being sent. */
  #state: 'connecting' | 'connected' | 'waiting' | 'leaving' | 'over' = 'connecting';
  /** True when this run accepts no more messages. */
  #isComplete = false;
  /** True while the loop looks for messages that other processes added. */
  #isLooking = false;
  #resolve: (delivered: Delivered) => void = () => {};

  /** `streaming`: messages may be added until complete() is called, so the connection is made again when it is lost. */
  constructor(plan: PubPlan, io: BrokerIo, run: Run, sender: Sender, streaming: boolean) {
    this.#plan = plan;
    this.#run = run;
    // Versions of MQTT before 5 have no properties.
    this.#prefetch = new Prefetch(sender, (message) => plan.session.version !== 5 && this.#stays(message));
    this.#store = new SpoolStore(sender, this.#prefetch, this.#window, {
      publish: (content) => this.#connection.client.publish(content),
      ping: () => this.#connection.client.ping(),
      failed: (failure) => this.#giveUp(failure),
    });
    this.#acks = new AckWatch(io.clock, plan.ackTimeout, run, {
      counts: () => ({ published: this.counts.sent, settled: this.counts.settled }),
      tooLong: (failure) => this.#giveUp(failure),
    });
    const { count = streaming ? Number.POSITIVE_INFINITY : undefined } = plan.retry;
    this.#connection = openConnection(
      { ...plan, retry: { ...plan.retry, count }, session: { ...plan.session, store: this.#store } },
      io,
      streaming ? 'always' : 'if allowed',
      {
        event: (event) => this.#event(event),
        settled: () => this.#settled(),
        interrupted: (failure, warning) => this.#interrupted(failure, warning),
        over: (failure) => this.#over(failure),
      },
    );
  }

  /** Counts for the progress of this run. */
  get counts(): { readonly sent: number; readonly settled: number } {
    return this.#window.counts;
  }

  /** True after CONNACK: messages may be in flight. */
  get isConnected(): boolean {
    return this.#state === 'connected' || this.#state === 'leaving';
  }

  /** Resolves when sending has ended, and the hint about rejected messages is printed. */
  async run(): Promise<Delivered> {
    const over = new Promise<Delivered>((resolve) => {
      this.#resolve = resolve;
    });
    this.#connection.client.connect();
    const delivered = await over;
    const { first } = this.#delivered;
    if (first !== undefined) await hintOfRejection(first, this.#run, first.topic);
    return delivered;
  }

  /** Call this after more messages were accepted. */
  async more(): Promise<void> {
    if (this.#state === 'over') return;
    await this.#prefetch.refresh();
    this.#pump();
  }

  /** Call this when the run accepts no more messages. */
  complete(): void {
    this.#isComplete = true;
    if (this.#state === 'waiting') this.#giveUp(this.#delivered.failure);
    else this.#pump();
  }

  /** Ends at once, with a clean close if possible. */
  stop(): void {
    if (this.#state === 'connected') this.#connection.client.end(0, false, 0);
    else this.#giveUp(this.#delivered.failure);
  }

  hint(): Promise<void> {
    return this.#connection.hint();
  }

  #stays({ id, properties }: StoredMessage): boolean {
    if (properties.length > 0) this.#delivered.unfit.add(id);
    return properties.length > 0;
  }

  #event(event: SessionEvent): void {
    if (event.type === 'connected') this.#connected(event.lost);
    else if (event.type === 'published') this.#published(event);
    else if (event.type === 'auth') this.#giveUp(authFailure());
  }

  #connected(lost: number): void {
    this.#state = 'connected';
    this.#delivered.failure = undefined;
    if (lost > 0)
      this.#run.warn(
        `Warning: The broker lost the session; ${plural(lost, 'message')} ${lost === 1 ? 'is' : 'are'} sent again and may be duplicated.\n`,
      );
  }

  #published({ token, code, reason }: Published): void {
    const message = this.#window.closed(token);
    if (!isRefusal(code)) {
      if (message.qos === 0) this.#store.wrote(message);
      return;
    }
    this.#delivered.refused.set(message.id, code);
    this.#delivered.first ??= { code, reason, topic: message.topic };
    const words = `${reasonText(code)}${reason ? ` (${reason})` : ''}`;
    this.#run.warn(`Warning: Message ${message.id} refused: ${words}; it stays in the spool.\n`);
  }

  #settled(): void {
    const hasHanded = this.#pump();
    this.#acks.turn();
    // The messages handed over are sent before the next call.
    if (hasHanded || this.#state !== 'connected' || !this.#store.mayRelease()) return;
    this.#connection.client.release();
    // Sends new messages in one write with PUBREL.
    this.#pump();
  }

  /** Hands over as many messages as may be sent now; returns whether there were any. */
  #pump(): boolean {
    if (this.#state !== 'connected') return false;
    const { client } = this.#connection;
    let hasHanded = false;
    try {
      for (let message = this.#prefetch.peek(); message !== undefined; message = this.#prefetch.peek()) {
        if (!client.canPublish(message.qos) || !this.#window.admits(message)) return hasHanded;
        this.#prefetch.shift();
        this.#store.handOver(message);
        hasHanded = true;
      }
    } catch (error) {
      this.#giveUp(Failure.of(error));
      return hasHanded;
    }
    if (this.#isComplete && this.#window.isEmpty && !this.#isLooking) void this.#leave();
    return hasHanded;
  }

  /** Ends when everything is sent, unless other processes have added messages since. */
  async #leave(): Promise<void> {
    this.#isLooking = true;
    try {
      await this.#prefetch.refresh();
      if (this.#prefetch.peek() === undefined && this.#state !== 'over') this.#state = 'leaving';
    } catch (error) {
      this.#giveUp(Failure.of(error));
      return;
    } finally {
      this.#isLooking = false;
    }
    if (this.#state === 'leaving') this.#connection.client.end();
    else this.#pump();
  }

  #interrupted(failure: Failure, warning: string): void {
    this.#state = 'waiting';
    this.#delivered.failure = failure;
    this.#acks.stop();
    this.#store.interrupted();
    if (this.#isComplete && this.#plan.retry.count === undefined) this.#giveUp(failure);
    else this.#run.warn(warning);
  }

  #over(failure: Failure | undefined): void {
    if (failure === undefined) this.#store.ended();
    this.#giveUp(failure);
  }

  #giveUp(failure: Failure | undefined): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#acks.stop();
    this.#prefetch.giveBack();
    this.#connection.client.abandon();
    void this.#connection.output.finished();
    this.#delivered.failure = failure;
    this.#resolve(this.#delivered);
  }
}

/** The broker requests an authentication method that this program does not support. */
export const authFailure = (): Failure => new Failure('auth', { message: FAILURES.auth.text });

/** Renews the time of the spool's lock regularly, to show that the lock is held. Returns the function that stops this. */
export function keepTouching(sender: Sender, clock: Clock): () => void {
  let stop = (): void => {};
  const touch = (): void => {
    sender.touch();
    stop = clock.callAt(clock.now() + TOUCH_EVERY, touch);
  };
  touch();
  return () => stop();
}
