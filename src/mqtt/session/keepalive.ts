/**
 * When PINGREQ is due, which question a PINGRESP answers, and until when it has to be here; and CONNACK before it.
 *
 * A limit begins again with whatever shows that the connection lives: a whole packet of the server's, or so much of one
 * that it does come (heard()), or bytes of ours that still move (progressed()). A server that drips single bytes of a
 * packet that it never finishes shows nothing.
 */
import type { Millis } from '../../util/millis.ts';
import { property } from '../properties.ts';
import type { ConnackPacket } from '../types.ts';
import { LIMITS, Timers } from './timers.ts';

/** This many bytes of an unfinished packet show that it comes, over a slow link too. Mosquitto draws the line at 1,000. */
const PIECE_BYTES = 1024;

const ANSWERS = ['pingresp', 'answer'] as const;
type AnswerLimit = (typeof ANSWERS)[number];

/**
 * While bytes of ours are on their way over a slow link they may stand still for so long: a system opens its window again
 * in steps of some 100 KB, and reads what it has before it answers.
 */
const SLOW_LINK: Millis = 10_000;

/** How long the answer to a question of ours may take at most, whatever the keepalive is. */
const LONGEST_ANSWER: Millis = 30_000;

/** How long to wait for CONNACK at most; less with a shorter keepalive. Mosquitto's default keepalive. */
const CONNACK_WAIT: Millis = 60_000;

export class KeepAlive {
  readonly #timers = new Timers();
  /** As CONNECT says it, in seconds. */
  readonly #keepAlive: number;
  /** 0: PINGREQ is never due. */
  #interval: Millis = 0;
  /** PINGREQ packets without an answer. Servers answer in order. */
  #open = 0;
  /** How many PINGRESP packets it takes to the one that was asked for; 0: none was. */
  #left = 0;
  /** The limit that begins when the PINGREQ in the output is written. */
  #begins: AnswerLimit | undefined;
  /** The owner does not read at present: a PINGRESP may lie there. */
  #deaf = false;
  /** Which limits ran when the owner stopped reading. */
  #stopped: readonly AnswerLimit[] = [];
  /** Bytes since the last whole packet, or since PIECE_BYTES of them last counted as a sign of life. */
  #piece = 0;
  #steps = 0;

  constructor(keepAlive: number) {
    this.#keepAlive = keepAlive;
  }

  /** A transport stands. */
  opened(now: Millis): void {
    this.#timers.set('connack', now + Math.min(this.#keepAlive * 1000 || CONNACK_WAIT, CONNACK_WAIT));
  }

  /** What is to be done at this time: PINGREQ is to be sent, or the server is silent. */
  due(now: Millis): 'ping' | 'no-connack' | 'no-pingresp' | undefined {
    if (this.#timers.isDue('connack', now)) return 'no-connack';
    if (this.#timers.isDue('pingresp', now) || this.#timers.isDue('answer', now)) return 'no-pingresp';
    return this.#timers.isDue('ping', now) ? 'ping' : undefined;
  }

  /** When something is due next; undefined: nothing is. */
  get next(): Millis | undefined {
    return this.#timers.next();
  }

  /** By when the server has to answer what it owes: CONNACK or PINGRESP. Infinity: it owes neither. */
  get limit(): Millis {
    return this.#timers.earliest(LIMITS);
  }

  /** The server took us in. */
  start({ properties }: ConnackPacket, now: Millis): void {
    this.#timers.clear('connack');
    this.#interval = (property(properties, 'server-keep-alive') ?? this.#keepAlive) * 1000;
    if (this.#interval > 0) this.#timers.set('ping', now + this.#interval);
  }

  /** PINGREQ stands in the output. `asked`: its answer shows that the server has read all that was sent before. */
  sent(asked: boolean): void {
    this.#open++;
    this.#begins = asked ? 'answer' : 'pingresp';
    if (asked) this.#left = this.#open;
  }

  /** Output was taken, to be written. PINGREQ is due when nothing was sent for the length of the keepalive [MQTT-3.1.2-20]. */
  wrote(now: Millis): void {
    if (this.#interval > 0) this.#timers.set('ping', now + this.#interval);
    const name = this.#begins;
    this.#begins = undefined;
    if (name === undefined || this.#timers.isSet(name) || (name === 'pingresp' && this.#deaf)) return;
    if (this.#deaf) this.#stopped = [...this.#stopped, name];
    else this.#begin([name], now);
  }

  /**
   * Bytes came, and with them the end of a packet or not. `steps`: packets so far that answered ours, or that we have asked
   * for. The answer to a question lies behind those; whatever else a server sends does not move its limit.
   */
  heard(bytes: number, isWhole: boolean, steps: number, now: Millis): void {
    if (steps > this.#steps && this.#timers.isSet('answer')) this.#begin(['answer'], now);
    this.#steps = steps;
    this.#piece = isWhole ? 0 : this.#piece + bytes;
    if (!isWhole && this.#piece < PIECE_BYTES) return;
    this.#piece = 0;
    if (this.#timers.isSet('pingresp')) this.#begin(['pingresp'], now);
  }

  /** PINGRESP came. Whether it is the one that was asked for. */
  answered(): boolean {
    this.#stopped = [];
    this.#timers.clear('pingresp');
    if (this.#open > 0) this.#open--;
    if (this.#left === 0 || --this.#left > 0) return false;
    this.#timers.clear('answer');
    return true;
  }

  /** Bytes of ours have moved since the limits began. A link that is slow enough for that moves them by fits and starts. */
  progressed(now: Millis): void {
    if (this.#timers.isSet('connack')) this.opened(now);
    this.#begin(this.#running, now, SLOW_LINK);
  }

  /** The owner stops or resumes reading. A PINGRESP may wait there unread, so none is missed meanwhile; PINGREQ goes on. */
  setReading(reading: boolean, now: Millis): void {
    if (this.#deaf === !reading) return;
    this.#deaf = !reading;
    if (reading) return this.#begin(this.#stopped, now);
    this.#stopped = this.#running;
    for (const name of ANSWERS) this.#timers.clear(name);
  }

  /** The connection is gone. */
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

  /** With the silence before PINGREQ, one and a half times the keepalive. */
  get #patience(): Millis {
    return this.#interval / 2;
  }

  get #answerLimit(): Millis {
    return Math.min(this.#interval || LONGEST_ANSWER, LONGEST_ANSWER);
  }
}
