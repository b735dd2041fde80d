// A connection of the besieging broker, under its TLS if it has any: it can be slow, it reads only what it is asked for, and
// it can be ended in every way that TCP knows.
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Pace } from './siege-plan.ts';

/** More than this on its way, and the sender has to wait. */
const MOST_UNDERWAY = 32 * 1024;

/** One direction of a slow link. */
class Lane {
  readonly #pace: Pace;
  readonly #arrive: (bytes: Buffer | null) => void;
  readonly #moved: () => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  /** In the order of arrival, whatever the order in which timers of the same moment come. */
  readonly #pieces: (Buffer | null)[] = [];
  /** When the last byte so far will have arrived. */
  #last = 0;
  underway = 0;

  constructor(pace: Pace, arrive: (bytes: Buffer | null) => void, moved: () => void) {
    this.#pace = pace;
    this.#arrive = arrive;
    this.#moved = moved;
  }

  /** null is the end. */
  put(bytes: Buffer | null): void {
    if (bytes === null) return this.#later(null);
    this.underway += bytes.length;
    // Short pieces of a long write would be timers without number.
    const pieces = Math.max(this.#pace.pieces, Math.ceil(bytes.length / 200));
    for (let at = 0; at < bytes.length; at += pieces) this.#later(bytes.subarray(at, at + pieces));
  }

  #later(bytes: Buffer | null): void {
    const { latency, rate } = this.#pace;
    const now = Date.now();
    this.#last = Math.max(this.#last, now + latency) + ((bytes?.length ?? 0) * 1000) / rate;
    this.#pieces.push(bytes);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const piece = this.#pieces.shift() as Buffer | null;
      this.underway -= piece?.length ?? 0;
      this.#arrive(piece);
      this.#moved();
    }, this.#last - now);
    this.#timers.add(timer);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

export class Wire extends Duplex {
  readonly raw: Socket;
  readonly #up: Lane | undefined;
  readonly #down: Lane | undefined;
  #waiting: (() => void) | undefined;
  #isWanted = false;

  constructor(raw: Socket, pace: Pace | undefined) {
    super({ allowHalfOpen: true, highWaterMark: 16 * 1024 });
    this.raw = raw;
    if (pace !== undefined) {
      this.#up = new Lane(
        pace,
        (bytes) => this.#arrived(bytes),
        () => this.#resume(),
      );
      this.#down = new Lane(
        pace,
        (bytes) => void (bytes === null ? raw.end() : raw.write(bytes)),
        () => this.#moved(),
      );
    }
    raw.setNoDelay(true);
    raw.pause();
    raw.on('data', (bytes: Buffer) => {
      if (this.#up === undefined) this.#arrived(bytes);
      else this.#up.put(bytes);
      this.#resume();
    });
    raw.on('end', () => void (this.#up === undefined ? this.#arrived(null) : this.#up.put(null)));
    raw.on('error', () => {});
    raw.once('close', () => this.destroy());
    this.on('error', () => {});
  }

  override _read(): void {
    this.#isWanted = true;
    this.#resume();
  }

  override _write(bytes: Buffer, _encoding: string, done: (problem?: Error | null) => void): void {
    if (this.#down === undefined) return void this.raw.write(bytes, done);
    this.#down.put(bytes);
    if (this.#down.underway < MOST_UNDERWAY) done();
    else this.#waiting = done;
  }

  override _final(done: (problem?: Error | null) => void): void {
    if (this.#down === undefined) this.raw.end();
    else this.#down.put(null);
    done();
  }

  override _destroy(problem: Error | null, done: (problem?: Error | null) => void): void {
    this.#up?.stop();
    this.#down?.stop();
    this.raw.destroy();
    done(problem);
  }

  #arrived(bytes: Buffer | null): void {
    if (!this.readableEnded && !this.push(bytes)) this.#isWanted = false;
  }

  /** Reads from the system only what a caller requests: what is not read stays with the system, and counts for nothing. */
  #resume(): void {
    if (this.#isWanted && (this.#up?.underway ?? 0) < MOST_UNDERWAY) this.raw.resume();
    else this.raw.pause();
  }

  #moved(): void {
    if (this.#down!.underway >= MOST_UNDERWAY) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }
}
