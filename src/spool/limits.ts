/** How much may wait in a spool. A message beyond a limit is rejected, with a line that names the limit. */

import { Failure } from '../errors.ts';
import type { Millis } from '../util/millis.ts';
import { ageText } from './age.ts';
import type { CommitHead } from './commit.ts';
import type { SpoolFolder } from './folder.ts';
import { oldestWaiting } from './snapshot.ts';
import type { Tail } from './tail.ts';

export interface Limits {
  /** Most bytes of messages on disk. */
  readonly maxBytes?: number | undefined;
  /** Most waiting messages. */
  readonly maxCount?: number | undefined;
  /** The oldest message may have waited at most this long when a new one is accepted. */
  readonly maxAge?: Millis | undefined;
}

export class Room {
  readonly #folder: SpoolFolder;
  readonly #limits: Limits;
  #count: number;
  #bytes = 0;
  readonly #tooOld: Failure | undefined;

  /** Reads only what the limits need. Throws an errno error. */
  constructor(folder: SpoolFolder, limits: Limits, tail: Tail, head: CommitHead) {
    this.#folder = folder;
    this.#limits = limits;
    this.#count = tail.nextId - 1 - head.total;
    if (limits.maxBytes !== undefined) this.#bytes = folder.bytes();
    if (limits.maxAge === undefined) return;
    const oldest = folder.orFail('cannot be read', () => oldestWaiting(folder, head.base));
    const age = oldest === undefined ? 0 : folder.system.now() - oldest;
    if (age > limits.maxAge)
      this.#tooOld = this.#full(
        'age',
        `the oldest message has been waiting for ${ageText(age)}`,
        ageText(limits.maxAge),
      );
  }

  /** Counts one more message of this many bytes, or returns why it cannot be accepted. */
  refuses(size: number): Failure | undefined {
    const { maxBytes, maxCount } = this.#limits;
    if (this.#tooOld !== undefined) return this.#tooOld;
    if (maxCount !== undefined && this.#count + 1 > maxCount)
      return this.#full('count', this.#count === 1 ? '1 message waits' : `${this.#count} messages wait`, maxCount);
    if (maxBytes !== undefined && this.#bytes + size > maxBytes)
      return this.#full('bytes', `${this.#bytes} bytes and ${size} more`, maxBytes);
    this.#count++;
    this.#bytes += size;
    return undefined;
  }

  #full(limit: 'bytes' | 'count' | 'age', what: string, most: number | string): Failure {
    const message = `The spool ${this.#folder.path} is full: ${what}, the limit is ${most}`;
    return new Failure('file', { message, code: 'EDQUOT', remedy: { code: 'spool-limit', limit } });
  }
}
