/** Passes the output of a command on in whole lines, so that lines of commands that run at the same time do not mix. */

const LF = 0x0a;
/** A longer line is passed on in pieces, to limit the memory. */
const LONGEST = 1024 * 1024;

export class WholeLines {
  readonly #put: (lines: Uint8Array) => void;
  #begun: Uint8Array[] = [];
  #length = 0;

  constructor(put: (lines: Uint8Array) => void) {
    this.#put = put;
  }

  add(bytes: Uint8Array): void {
    const end = bytes.lastIndexOf(LF) + 1;
    if (end > 0) {
      this.#put(this.#take(bytes.subarray(0, end)));
      bytes = bytes.subarray(end);
    }
    if (bytes.length === 0) return;
    this.#begun.push(bytes);
    this.#length += bytes.length;
    if (this.#length > LONGEST) this.#put(this.#take());
  }

  /** Adds a newline to an unfinished last line. */
  finish(): void {
    if (this.#length > 0) this.#put(this.#take(Uint8Array.of(LF)));
  }

  #take(last?: Uint8Array): Uint8Array {
    const parts = last === undefined ? this.#begun : [...this.#begun, last];
    this.#begun = [];
    this.#length = 0;
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }
}
