/**
 * Sends what waits in a spool over one session, and stores what must be stored before it is sent (src/spool/sender.ts has
 * the rules). Nothing is settled before the server has acknowledged it, or, at QoS 0, before it has shown that it has read it.
 */

import type { PubPlan } from '../../cli/plan/types.ts';
import { FAILURES, Failure } from '../../errors.ts';
import { property } from '../../mqtt/properties.ts';
import { isRefusal, reasonText } from '../../mqtt/reasons.ts';
import type { SessionEvent, Token } from '../../mqtt/session/events.ts';
import type { Session } from '../../mqtt/session/session.ts';
import type { Millis } from '../../runtime/io.ts';
import { withSecondsLeft } from '../../spool/age.ts';
import type { StoredMessage } from '../../spool/record.ts';
import type { Sender } from '../../spool/sender.ts';
import { plural } from '../../util/phrases.ts';
import { Queue } from '../../util/queue.ts';
import { type BrokerIo, type Connection, openConnection, say, type TraceEvent } from '../broker/connection.ts';
import { AckWatch } from '../pub/ack-watch.ts';
import { wallMillis } from '../spool/io.ts';
import { Order } from './order.ts';
import { Ahead } from './prefetch.ts';
import { Round } from './release-batch.ts';
import { restoredFlights } from './restore.ts';

/** Outcomes at QoS 1 are stored at the latest when there are so many; at QoS 2 they go with what has to be stored. */
const COMMIT_EVERY = 500;
/** On their way at once, unless it is a single message. */
const MOST_BYTES = 16 * 1024 * 1024;
/** The lock is shown to be held while the server is silent. */
const TOUCH_EVERY: Millis = 10_000;

export interface Delivered {
  /** Why it came to an end; undefined: everything that waits was sent. */
  readonly failure: Failure | undefined;
  /** Refusals of the server, by message: such a message stays. */
  readonly refused: ReadonlyMap<number, number>;
  /** Those with properties, where the version of MQTT has none: they stay too. */
  readonly unfit: ReadonlySet<number>;
}

export class Delivery {
  readonly #plan: PubPlan;
  readonly #io: BrokerIo;
  readonly #sender: Sender;
  readonly #connection: Connection;
  /** Messages handed to the session, by the token it gave. */
  readonly #open = new Map<Token, StoredMessage>();
  #openBytes = 0;
  /** Of those at QoS 1 and 2 the ones that have no packet identifier yet. */
  readonly #unsent = new Queue<Token>();
  readonly #refused = new Map<number, number>();
  readonly #unfit = new Set<number>();
  /** At QoS 0, written on this connection. */
  #written: number[] = [];
  readonly #ahead: Ahead;
  readonly #round: Round;
  readonly #acks: AckWatch;
  /** Most messages on their way. */
  #window: number;
  readonly #order = new Order();
  /** PUBREC came, and PUBREL waits. */
  #held: number[] = [];
  #uncommitted = 0;
  /** Outcomes that came: acknowledged, refused, or at QoS 0 written. */
  #settledCount = 0;
  #mustCommit = false;
  /** PUBREC packets are not stored yet. */
  #isReleasing = false;
  #state: 'connecting' | 'connected' | 'waiting' | 'over' = 'connecting';
  #complete = false;
  #looking = false;
  #leaving = false;
  #stopTouching: (() => void) | undefined;
  #failure: Failure | undefined;
  #resolve: (delivered: Delivered) => void = () => {};
  readonly over: Promise<Delivered> = new Promise((resolve) => {
    this.#resolve = resolve;
  });

  /** `streaming`: more may come for as long as complete() was not called, and so the connection is made again. */
  constructor(plan: PubPlan, io: BrokerIo, sender: Sender, streaming: boolean) {
    this.#plan = plan;
    this.#io = io;
    this.#sender = sender;
    // What came with -V 5 has more to say than older versions can.
    this.#ahead = new Ahead(sender, (message) => plan.session.version !== 5 && this.#stays(message));
    this.#round = new Round(() => this.#connection.client.ping());
    this.#window = plan.session.maxInflight;
    this.#acks = new AckWatch(io.clock, plan.ackTimeout, {
      counts: () => ({ published: this.#settledCount + this.#open.size, settled: this.#settledCount }),
      say: (line) => this.#say(`${line}\n`),
      tooLong: (failure) => this.#giveUp(failure),
    });
    const { count = streaming ? Number.POSITIVE_INFINITY : undefined } = plan.retry;
    this.#connection = openConnection(
      { ...plan, retry: { ...plan.retry, count }, session: { ...plan.session, holdsReleases: true } },
      io,
      streaming ? 'always' : 'if allowed',
      {
        prepare: (session) => this.#restore(session),
        event: (event) => this.#event(event),
        trace: (event) => this.#trace(event),
        writing: () => this.#writing(),
        settled: () => this.#settled(),
        interrupted: (failure, warning) => this.#interrupted(failure, warning),
        over: (failure) => this.#over(failure),
      },
      { written: () => {}, room: () => {}, broken: () => {} },
    );
  }

  /** How far this run is. */
  get counts(): { readonly sent: number; readonly settled: number } {
    return { sent: this.#settledCount + this.#open.size, settled: this.#settledCount };
  }

  start(): void {
    this.#touch();
    this.#connection.client.connect();
  }

  /** More has been accepted. */
  async more(): Promise<void> {
    if (this.#state === 'over') return;
    await this.#sender.refresh();
    this.#pump();
  }

  /** Nothing more will be accepted by this run. */
  complete(): void {
    this.#complete = true;
    if (this.#state === 'waiting') this.#giveUp(this.#failure);
    else this.#pump();
  }

  /** The server has taken us in: something may be on its way. */
  get isConnected(): boolean {
    return this.#state === 'connected';
  }

  /** Leaves at once, in order if it can. */
  stop(): void {
    if (this.#state === 'connected' && !this.#leaving) this.#connection.client.end(0, false, 0);
    else this.#giveUp(this.#failure);
  }

  hint(): void {
    this.#connection.hint();
  }

  #restore(session: Session): void {
    if (this.#sender.recovery.flights.length === 0) return;
    const { flights, lastPacketId } = restoredFlights(this.#sender.recovery, this.#ahead);
    this.#ahead.counted(lastPacketId);
    const now = wallMillis(this.#io);
    const tokens = session.restore({
      clientId: this.#plan.session.clientId,
      lastPacketId,
      inbound: [],
      outbound: flights.map(({ packetId, released, message }) => {
        const { topic, payload, qos, retain } = message;
        return { packetId, released, topic, payload, qos, retain, properties: withSecondsLeft(message, now) };
      }),
    });
    for (const [i, token] of tokens.entries()) {
      const { message, packetId, released } = flights[i]!;
      if (!released) this.#order.began(message);
      this.#order.sent(message.id, packetId);
      this.#open.set(token, message);
      this.#openBytes += message.size;
    }
  }

  #event(event: SessionEvent): void {
    if (event.type === 'connected') this.#connected(event);
    else if (event.type === 'published') this.#published(event);
    else if (event.type === 'auth') this.#giveUp(authFailure());
  }

  #stays({ id, properties }: StoredMessage): boolean {
    if (properties.length > 0) this.#unfit.add(id);
    return properties.length > 0;
  }

  #connected({ packet, lost }: Extract<SessionEvent, { type: 'connected' }>): void {
    this.#state = 'connected';
    this.#failure = undefined;
    const { maxInflight } = this.#plan.session;
    this.#window = Math.min(maxInflight, property(packet.properties, 'receive-maximum') ?? maxInflight);
    // CONNACK of MQTT 3.1 does not say whether there is a session; the session takes it that there is.
    if (!packet.sessionPresent && (this.#plan.session.version !== 3 || this.#sender.recovery.cleanStart)) {
      this.#sender.restarted();
      this.#mustCommit = true;
      for (const message of this.#open.values()) this.#order.began(message);
    }
    if (lost > 0)
      this.#say(`Warning: Session lost: may duplicate ${plural(lost, 'message')}, sent before and now again.\n`);
  }

  #trace({ direction, packet, mid }: TraceEvent): void {
    if (direction === 'received') {
      this.#round.received(packet);
      if (packet.type !== 'pubrec' || isRefusal(packet.code)) return;
      this.#sender.released(packet.packetId);
      this.#held.push(packet.packetId);
      this.#isReleasing = true;
      return;
    }
    this.#round.sent(packet);
    if (packet.type === 'pubrel') {
      this.#mustCommit ||= this.#isReleasing;
      this.#order.released(packet.packetId);
    } else if (packet.type === 'publish' && !packet.dup) {
      this.#ahead.counted(mid ?? packet.packetId);
      if (packet.qos === 0) return;
      const message = this.#open.get(this.#unsent.shift()!)!;
      // At QoS 1 the server remembers nothing, and a repetition is allowed.
      if (message.qos < 2) return;
      this.#order.sent(message.id, packet.packetId);
      if (this.#ahead.sending(message.id, packet.packetId)) this.#mustCommit = true;
    }
  }

  #published({ token, code, reason, local }: Extract<SessionEvent, { type: 'published' }>): void {
    const message = this.#open.get(token)!;
    this.#open.delete(token);
    this.#openBytes -= message.size;
    if (isRefusal(code)) {
      this.#order.ended(message.id);
      if (local) this.#ahead.passed();
      // It never got a packet identifier; those before it have theirs.
      if (local && this.#unsent.peek() === token) this.#unsent.shift();
      this.#sender.returned(message.id);
      this.#refused.set(message.id, code);
      this.#say(
        `Warning: Message ${message.id} refused: ${reasonText(code)}${reason ? ` (${reason})` : ''}; it stays in the spool.\n`,
      );
    } else if (message.qos === 0) {
      this.#written.push(message.id);
    } else {
      this.#sender.settled(message.id, 'delivered');
    }
    this.#uncommitted++;
    this.#settledCount++;
  }

  /** Before anything is written. When it cannot be stored, it must not be sent. */
  #writing(): boolean {
    return (!this.#mustCommit && this.#uncommitted < COMMIT_EVERY) || this.#commit();
  }

  #commit(): boolean {
    try {
      this.#ahead.store(this.#window);
      this.#sender.commit();
      this.#mustCommit = this.#isReleasing = false;
      this.#uncommitted = 0;
      return true;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#giveUp(error);
      return false;
    }
  }

  #settled(): void {
    const before = this.#ahead.handed;
    this.#pump();
    this.#acks.turn();
    // What was handed over is on its way when this is called again.
    if (this.#ahead.handed > before || this.#state !== 'connected' || this.#leaving || !this.#round.isOver()) return;
    this.#round.begin();
    if (this.#isReleasing && !this.#commit()) return;
    this.#connection.client.release();
    for (const packetId of this.#held) this.#order.released(packetId);
    this.#held = [];
    // In one write with PUBREL.
    this.#pump();
  }

  /** Hands over as many as may go out now. */
  #pump(): void {
    if (this.#state !== 'connected') return;
    const { client } = this.#connection;
    try {
      for (let message = this.#ahead.peek(); message !== undefined; message = this.#ahead.peek()) {
        if (!client.canPublish(message.qos)) return;
        if (this.#open.size > 0 && this.#openBytes + message.size > MOST_BYTES) return;
        if (this.#order.mustWait(message)) return;
        this.#ahead.shift();
        this.#order.began(message);
        this.#openBytes += message.size;
        const { topic, payload, qos, retain } = message;
        const properties = withSecondsLeft(message, wallMillis(this.#io));
        const token = client.publish({ topic, payload, qos, retain, properties });
        this.#open.set(token, message);
        this.#round.speaking();
        if (qos > 0) this.#unsent.push(token);
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#giveUp(error);
      return;
    }
    if (this.#complete && this.#open.size === 0 && !this.#looking && !this.#leaving) void this.#leave();
  }

  /** Everything is sent; unless others have added something meanwhile, that was all. */
  async #leave(): Promise<void> {
    this.#looking = true;
    try {
      await this.#sender.refresh();
      this.#leaving = this.#ahead.peek() === undefined;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#giveUp(error);
      return;
    } finally {
      this.#looking = false;
    }
    if (this.#leaving) this.#connection.client.end();
    else this.#pump();
  }

  #interrupted(failure: Failure, warning: string): void {
    this.#state = 'waiting';
    this.#failure = failure;
    this.#acks.stop();
    this.#round.reset();
    this.#held = [];
    // Nobody can say what became of those: a later run sends them again.
    this.#written = [];
    if (this.#complete && this.#plan.retry.count === undefined) this.#giveUp(failure);
    else this.#say(warning);
  }

  #over(failure: Failure | undefined): void {
    if (failure === undefined) for (const id of this.#written) this.#sender.settled(id, 'delivered');
    this.#giveUp(failure);
  }

  #giveUp(failure: Failure | undefined): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#stopTouching?.();
    this.#acks.stop();
    this.#ahead.giveBack();
    this.#connection.client.abandon();
    void this.#connection.output.finished();
    this.#resolve({ failure, refused: this.#refused, unfit: this.#unfit });
  }

  #touch(): void {
    this.#sender.touch();
    const { clock } = this.#io;
    this.#stopTouching = clock.callAt(clock.now() + TOUCH_EVERY, () => this.#touch());
  }

  #say(text: string): void {
    say(text, this.#plan, this.#io);
  }
}

/** The server asks for what nobody has given us. */
const authFailure = (): Failure => new Failure('auth', { message: FAILURES.auth.text });

export interface Forgetting {
  /** Undefined: the server has forgotten it. */
  readonly over: Promise<Failure | undefined>;
  /** Gives it up. */
  stop(): void;
}

/** A connection that only makes the server forget a session of which we do not know what is in it. */
export function forgetSession(plan: PubPlan, io: BrokerIo): Forgetting {
  const session = { ...plan.session, clean: true, will: undefined };
  let stop = (): void => {};
  const over = new Promise<Failure | undefined>((resolve) => {
    const { client } = openConnection(
      { ...plan, session },
      io,
      'never',
      {
        event: (event) => {
          if (event.type === 'connected') client.end();
          if (event.type !== 'auth') return;
          client.abandon();
          resolve(authFailure());
        },
        over: resolve,
      },
      { written: () => {}, room: () => {}, broken: () => {} },
    );
    stop = () => {
      client.abandon();
      resolve(new Failure('connection-lost'));
    };
    client.connect();
  });
  return { over, stop };
}
