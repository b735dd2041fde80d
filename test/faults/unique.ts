// Numbered messages, and what became of each of them: `17`, or `17 xxx` when they are to be longer.
import { setTimeout as sleep } from 'node:timers/promises';

/** SEED of the environment, or one of its own. */
export const seedOf = (): number => Number(process.env['SEED'] ?? Date.now() % 0x7fffffff);

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const LF = 0x0a;

export class Tally {
  /** How often each one came. */
  readonly #seen: Uint8Array;
  #part = '';
  #last = 0;
  #distinct = 0;
  #disorder = 0;
  received = 0;

  constructor(count: number) {
    this.#seen = new Uint8Array(count + 1);
  }

  get size(): number {
    return this.#seen.length - 1;
  }

  /** How many different ones have come. */
  get distinct(): number {
    return this.#distinct;
  }

  /** The lines `from + 1` to `to`, each of `size` bytes with its end when that is given. */
  static input(to: number, from = 0, size = 0): string {
    const lines: string[] = [];
    for (let i = from + 1; i <= to; i++) lines.push(size === 0 ? `${i}\n` : `${`${i} `.padEnd(size - 1, 'x')}\n`);
    return lines.join('');
  }

  /** Output as it comes, in any pieces. */
  take(chunk: Buffer): void {
    let at = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, at)) {
      this.#count(Number.parseInt(this.#part + chunk.toString('latin1', at, Math.min(end, at + 12)), 10));
      this.#part = '';
      at = end + 1;
    }
    this.#part = (this.#part + chunk.toString('latin1', at, at + 12)).slice(0, 12);
  }

  /** The output of a run that was killed: what has no end does not count. */
  takeWhole(output: Buffer): void {
    this.take(output);
    this.#part = '';
    this.#last = 0;
  }

  /** Resolves when this many different ones have arrived. */
  async reaches(count: number): Promise<void> {
    while (this.#distinct < Math.floor(count)) await sleep(20);
  }

  completes(): Promise<void> {
    return this.reaches(this.size);
  }

  compare(): { missing: number; repeated: number; disorder: number } {
    const repeated = this.received - this.#distinct;
    return { missing: this.size - this.#distinct, repeated, disorder: this.#disorder };
  }

  #count(number: number): void {
    this.received++;
    if (number <= this.#last) this.#disorder++;
    this.#last = number;
    if (this.#seen[number] === 0) this.#distinct++;
    this.#seen[number] = Math.min(255, (this.#seen[number] ?? 0) + 1);
  }
}
