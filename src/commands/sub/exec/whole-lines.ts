/** What a command writes, passed on in whole lines, so that those of commands that run at the same time stay apart. */

const LF = 0x0a;
/** A line that is longer is passed on in pieces: the memory has to end somewhere. */
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

  /** A last line without its end gets one. */
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
