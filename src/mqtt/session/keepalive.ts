/**
 * When PINGREQ is due, which PINGREQ a PINGRESP answers, and when CONNACK or PINGRESP is too late.
 *
 * A limit starts over when the connection shows that it works: a complete packet or PIECE_BYTES of one arrived
 * (heard()), or outgoing bytes still move (progressed()). A broker that sends single bytes of a packet that it never
 * finishes does not extend the limit.
 */
import type { Millis } from '../../util/millis.ts';
import { property } from '../properties.ts';
import type { ConnackPacket } from '../types.ts';
import { LIMITS, Timers } from './timers.ts';

/** This many bytes of an incomplete packet show that the packet is arriving, even over a slow link. Mosquitto's limit is 1,000. */
const PIECE_BYTES = 1024;

const ANSWERS = ['pingresp', 'answer'] as const;
type AnswerLimit = (typeof ANSWERS)[number];

/**
 * How long outgoing bytes may pause on a slow link: an operating system reopens its TCP window in steps of about 100
 * KB, and the broker reads what it has before it answers.
 */
const SLOW_LINK: Millis = 10_000;

/** Longest wait for the answer to ping(), whatever the keepalive is. */
const LONGEST_ANSWER: Millis = 30_000;

/** Longest wait for CONNACK; a shorter keepalive shortens it. The value is Mosquitto's default keepalive. */
const CONNACK_WAIT: Millis = 60_000;

export class KeepAlive {
  readonly #timers = new Timers();
  /** The keepalive of CONNECT, in seconds. */
  readonly #keepAlive: number;
  /** Milliseconds between packets; 0 when PINGREQ is never due. */
  #interval: Millis = 0;
  /** PINGREQ packets without a PINGRESP. Brokers answer in the order of the packets. */
  #open = 0;
  /** How many PINGRESP packets are missing up to the one that answers ping(); 0 when ping() is not waiting. */
  #left = 0;
  /** The limit that starts when the PINGREQ in the output is written. */
  #begins: AnswerLimit | undefined;
  /** Whether the owner has stopped reading: a PINGRESP may be waiting in the socket. */
  #deaf = false;
  /** The limits that were running when the owner stopped reading. */
  #stopped: readonly AnswerLimit[] = [];
  /** Bytes since the last complete packet, or since PIECE_BYTES last extended the limits. */
  #piece = 0;
  #steps = 0;

  constructor(keepAlive: number) {
    this.#keepAlive = keepAlive;
  }

  /** The transport is open. */
  opened(now: Millis): void {
    this.#timers.set('connack', now + Math.min(this.#keepAlive * 1000 || CONNACK_WAIT, CONNACK_WAIT));
  }

  /** What to do at this time: send PINGREQ, or report that the broker is silent. */
  due(now: Millis): 'ping' | 'no-connack' | 'no-pingresp' | undefined {
    if (this.#timers.isDue('connack', now)) return 'no-connack';
    if (this.#timers.isDue('pingresp', now) || this.#timers.isDue('answer', now)) return 'no-pingresp';
    return this.#timers.isDue('ping', now) ? 'ping' : undefined;
  }

  /** When due() next returns something; undefined when nothing is scheduled. */
  get next(): Millis | undefined {
    return this.#timers.next();
  }

  /** When CONNACK or PINGRESP is too late. Infinity when neither is missing. */
  get limit(): Millis {
    return this.#timers.earliest(LIMITS);
  }

  /** CONNACK accepted the connection. */
  start({ properties }: ConnackPacket, now: Millis): void {
    this.#timers.clear('connack');
    this.#interval = (property(properties, 'server-keep-alive') ?? this.#keepAlive) * 1000;
    if (this.#interval > 0) this.#timers.set('ping', now + this.#interval);
  }

  /** PINGREQ is in the output. `asked`: its PINGRESP shows that the broker has read every packet sent before it. */
  sent(asked: boolean): void {
    this.#open++;
    this.#begins = asked ? 'answer' : 'pingresp';
    if (asked) this.#left = this.#open;
  }

  /** Output was handed to the transport. PINGREQ is due when the client sent nothing for the keepalive [MQTT-3.1.2-20]. */
  wrote(now: Millis): void {
    if (this.#interval > 0) this.#timers.set('ping', now + this.#interval);
    const name = this.#begins;
    this.#begins = undefined;
    if (name === undefined || this.#timers.isSet(name) || (name === 'pingresp' && this.#deaf)) return;
    if (this.#deaf) this.#stopped = [...this.#stopped, name];
    else this.#begin([name], now);
  }

  /**
   * Bytes arrived; `isWhole`: they complete a packet. `steps` counts the received packets that answer this client's
   * packets or deliver what it requested. The answer to ping() follows those, so only they extend its limit.
   */
  heard(bytes: number, isWhole: boolean, steps: number, now: Millis): void {
    if (steps > this.#steps && this.#timers.isSet('answer')) this.#begin(['answer'], now);
    this.#steps = steps;
    this.#piece = isWhole ? 0 : this.#piece + bytes;
    if (!isWhole && this.#piece < PIECE_BYTES) return;
    this.#piece = 0;
    if (this.#timers.isSet('pingresp')) this.#begin(['pingresp'], now);
  }

  /** PINGRESP arrived. Returns whether it is the one that answers ping(). */
  answered(): boolean {
    this.#stopped = [];
    this.#timers.clear('pingresp');
    if (this.#open > 0) this.#open--;
    if (this.#left === 0 || --this.#left > 0) return false;
    this.#timers.clear('answer');
    return true;
  }

  /** Outgoing bytes have moved, so the limits start over, with at least SLOW_LINK: a link this slow moves bytes irregularly. */
  progressed(now: Millis): void {
    if (this.#timers.isSet('connack')) this.opened(now);
    this.#begin(this.#running, now, SLOW_LINK);
  }

  /** The owner stops or resumes reading. A PINGRESP may wait unread, so its limit pauses; PINGREQ packets are still sent. */
  setReading(reading: boolean, now: Millis): void {
    if (this.#deaf === !reading) return;
    this.#deaf = !reading;
    if (reading) return this.#begin(this.#stopped, now);
    this.#stopped = this.#running;
    for (const name of ANSWERS) this.#timers.clear(name);
  }

  /** The connection is closed. */
  reset(): void {
    this.#timers.clearAll();
    this.#open = this.#left = this.#piece = 0;
    this.#begins = undefined;
    this.#stopped = [];
  }

  get #running(): AnswerLimit[] {
    return ANSWERS.filter((name) => this.#timers.isSet(name));
  }

  #begin(names: readonly AnswerLimit[], now: Millis, least: Millis = 0): void {
    for (const name of names)
      this.#timers.set(name, now + Math.max(least, name === 'answer' ? this.#answerLimit : this.#patience));
  }

  /** Together with the idle time before PINGREQ, this is one and a half times the keepalive. */
  get #patience(): Millis {
    return this.#interval / 2;
  }

  get #answerLimit(): Millis {
    return Math.min(this.#interval || LONGEST_ANSWER, LONGEST_ANSWER);
  }
}
