/** How each key changes a line that is typed unseen. The terminal does not edit the line itself at that time. */

const INTERRUPT = 3;
const END = 4;
const BACKSPACE = 8;
const LINE_FEED = 10;
const RETURN = 13;
const CLEAR = 21;
const ERASE_WORD = 23;
const QUIT = 28;
const DELETE = 127;
/** Longer than a password may be, so that the rule for passwords, not this one, rejects the line. */
const LONGEST = 65_537;

export type LineEnd = 'line' | 'interrupt' | 'quit';

export class SecretLine {
  readonly #bytes = Buffer.alloc(LONGEST);
  #length = 0;

  /** Returns how the line ended, and how many keys that took; undefined when the line continues. */
  type(keys: Uint8Array): { readonly typed: LineEnd; readonly used: number } | undefined {
    for (const [i, key] of keys.entries()) {
      const typed = this.#press(key);
      if (typed !== undefined) return { typed, used: i + 1 };
    }
    return undefined;
  }

  /** Returns a copy of the line, and wipes the line itself. */
  take(): Buffer {
    const password = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#bytes.fill(0);
    this.#length = 0;
    return password;
  }

  #press(key: number): LineEnd | undefined {
    switch (key) {
      case INTERRUPT:
        return 'interrupt';
      case QUIT:
        return 'quit';
      case LINE_FEED:
      case RETURN:
      case END:
        return 'line';
      case BACKSPACE:
      case DELETE:
        this.#eraseCharacter();
        return undefined;
      case CLEAR:
        this.#length = 0;
        return undefined;
      case ERASE_WORD:
        while (this.#length > 0 && this.#bytes[this.#length - 1] === 32) this.#length--;
        while (this.#length > 0 && this.#bytes[this.#length - 1] !== 32) this.#length--;
        return undefined;
      default:
        if (key !== 0 && this.#length < LONGEST) this.#bytes[this.#length++] = key;
        return undefined;
    }
  }

  /** Erases a whole UTF-8 character, with its continuation bytes. */
  #eraseCharacter(): void {
    while (this.#length > 0) {
      this.#length--;
      if (((this.#bytes[this.#length] ?? 0) & 0xc0) !== 0x80) return;
    }
  }
}
