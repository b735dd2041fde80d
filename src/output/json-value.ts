/**
 * How %J reads and rewrites JSON: it accepts what cJSON accepts, and its result is always valid JSON. Duplicate keys
 * and the order are kept. The work can pause at any point, so that long JSON does not block the program.
 */
import {
  BACKSLASH,
  BLANK,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  isBlank,
  LETTER_F,
  LETTER_N,
  LETTER_T,
  LETTER_U,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  SLASH,
  WORDS,
} from './json-bytes.ts';
import { CONTROL, escapedCharacter, quoted, SAME_ESCAPES } from './json-characters.ts';
import type { Layout } from './json-layout.ts';
import { isShortInteger, numberEnd } from './json-number.ts';
import { formatJsonNumber } from './number.ts';
import { STEP_BYTES, type Steps } from './steps.ts';
import type { OutputWriter } from './writer.ts';

type Output = Pick<OutputWriter, 'text' | 'range'>;

/** Most nested arrays and objects, as in cJSON. */
const DEEPEST = 1000;

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

class NotJson extends Error {}

/** The states of the parser: what it expects next. */
const VALUE = 0;
const VALUE_STRING = 1;
const FIRST = 2;
const KEY = 3;
const KEY_STRING = 4;
const AFTER_KEY = 5;
const AFTER_VALUE = 6;
type JsonPhase = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** Whether the text is JSON. Bytes from 0x80 on are accepted unchecked, in strings only. */
export function isJson(text: Uint8Array): boolean {
  return isJsonSoFar(new Rewriter(text, undefined, undefined, 0), Infinity) === true;
}

/** isJson() in steps. */
export function* isJsonInSteps(text: Uint8Array, bytes = STEP_BYTES): Steps<boolean> {
  const reading = new Rewriter(text, undefined, undefined, 0);
  for (;;) {
    const found = isJsonSoFar(reading, bytes);
    if (found !== undefined) return found;
    yield;
  }
}

/** Undefined when the text is JSON as far as it was read. */
function isJsonSoFar(reading: Rewriter, bytes: number): boolean | undefined {
  try {
    return reading.goOn(bytes) || undefined;
  } catch (problem) {
    if (problem instanceof NotJson) return false;
    throw problem;
  }
}

/** Puts the value, which must be JSON, in this layout, `depth` objects deep. */
export function putJson(output: Output, text: Uint8Array, layout: Layout, depth: number): void {
  new Rewriter(text, output, layout, depth).goOn(Infinity);
}

/** putJson() in steps. */
export function* putJsonInSteps(
  output: Output,
  text: Uint8Array,
  layout: Layout,
  depth: number,
  bytes = STEP_BYTES,
): Steps {
  const rewriter = new Rewriter(text, output, layout, depth);
  while (!rewriter.goOn(bytes)) yield;
}

/** Copies the text, and replaces only the parts that differ. */
class Rewriter {
  readonly #text: Uint8Array;
  /** Undefined when the text is only checked. */
  readonly #output: Output | undefined;
  readonly #layout: Layout | undefined;
  readonly #depth: number;
  /** The output has everything before this position. */
  #taken: number;
  #at: number;
  #phase: JsonPhase = VALUE;
  /** The closing bytes of the open arrays and objects. */
  readonly #ends: number[] = [];
  #made = 0;

  constructor(text: Uint8Array, output: Output | undefined, layout: Layout | undefined, depth: number) {
    this.#text = text;
    this.#output = output;
    this.#layout = layout;
    this.#depth = depth;
    this.#at = BYTE_ORDER_MARK.every((byte, i) => text[i] === byte) ? BYTE_ORDER_MARK.length : 0;
    this.#taken = this.#at;
  }

  /** Reads or writes about this many bytes. Returns true at the end. Throws NotJson. */
  goOn(bytes: number): boolean {
    const { length } = this.#text;
    const stop = Math.min(this.#at + bytes, length);
    this.#made = 0;
    do {
      if (this.#phase === VALUE_STRING || this.#phase === KEY_STRING) {
        if (this.#stringEnds(stop)) this.#phase = this.#phase === KEY_STRING ? AFTER_KEY : AFTER_VALUE;
        continue;
      }
      this.#skip(stop);
      // More whitespace may follow.
      if (this.#at === stop && stop < length) break;
      if (this.#phase === AFTER_VALUE && this.#ends.length === 0) {
        if (this.#at < length) throw new NotJson();
        this.#flush(this.#at);
        return true;
      }
      this.#token(this.#text[this.#at]);
    } while ((this.#at < stop || stop === length) && this.#made < bytes);
    this.#flush(this.#at);
    return false;
  }

  #token(byte: number | undefined): void {
    const layout = this.#layout;
    const end = this.#ends.at(-1);
    switch (this.#phase) {
      case VALUE:
        return this.#value(byte);
      case FIRST:
        if (byte === end) {
          if (end === CLOSE_OBJECT && layout) this.#replace(this.#at, layout.empty(this.#level).slice(0, -1));
          this.#at++;
          return this.#close();
        }
        if (end === CLOSE_LIST) {
          this.#phase = VALUE;
          return this.#value(byte);
        }
        if (layout) this.#replace(this.#at, layout.open(this.#level));
        this.#phase = KEY;
        return this.#key(byte);
      case KEY:
        return this.#key(byte);
      case AFTER_KEY:
        if (byte !== COLON) throw new NotJson();
        this.#at++;
        if (layout) this.#mark(layout.colon);
        this.#phase = VALUE;
        return;
      default:
        if (byte !== end && byte !== COMMA) throw new NotJson();
        this.#at++;
        if (byte === COMMA) {
          if (layout) this.#mark(end === CLOSE_OBJECT ? layout.next(this.#level) : layout.comma);
          this.#phase = end === CLOSE_OBJECT ? KEY : VALUE;
          return;
        }
        if (layout && end === CLOSE_OBJECT) this.#mark(layout.close(this.#level));
        return this.#close();
    }
  }

  /** The depth of the innermost array or object. */
  get #level(): number {
    return this.#depth + this.#ends.length;
  }

  #close(): void {
    this.#ends.pop();
    this.#phase = AFTER_VALUE;
  }

  #key(byte: number | undefined): void {
    if (byte !== QUOTE) throw new NotJson();
    this.#at++;
    this.#phase = KEY_STRING;
  }

  #value(byte: number | undefined): void {
    switch (byte) {
      case QUOTE:
        this.#at++;
        this.#phase = VALUE_STRING;
        return;
      case OPEN_OBJECT:
      case OPEN_LIST:
        if (this.#ends.push(byte === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_LIST) > DEEPEST) throw new NotJson();
        this.#at++;
        // The form of an object depends on whether it has members.
        if (byte === OPEN_OBJECT) this.#replace(this.#at - 1, '');
        this.#phase = FIRST;
        return;
      case LETTER_T:
      case LETTER_F:
      case LETTER_N:
        this.#word(WORDS.get(byte)!);
        break;
      default:
        this.#number();
    }
    this.#phase = AFTER_VALUE;
  }

  #word(word: Uint8Array): void {
    for (let i = 0; i < word.length; i++) if (this.#text[this.#at + i] !== word[i]) throw new NotJson();
    this.#at += word.length;
  }

  #number(): void {
    const text = this.#text;
    const start = this.#at;
    const end = numberEnd(text, start);
    if (end < 0) throw new NotJson();
    this.#at = end;
    if (this.#output === undefined || isShortInteger(text, start, end)) return;
    const found = Buffer.from(text.buffer, text.byteOffset + start, end - start).toString('latin1');
    const shown = formatJsonNumber(Number(found));
    if (shown !== found) this.#replace(start, shown);
  }

  /** Reads up to the closing quote of a string; false when that is not before `stop`. */
  #stringEnds(stop: number): boolean {
    const text = this.#text;
    let at = this.#at;
    while (at < stop) {
      const byte = text[at]!;
      if (byte >= BLANK && byte !== QUOTE && byte !== BACKSLASH) {
        at++;
        continue;
      }
      this.#at = at + 1;
      if (byte === QUOTE) return true;
      if (byte === BACKSLASH) this.#escape(at);
      else this.#replace(at, CONTROL[byte]!);
      at = this.#at;
    }
    this.#at = at;
    if (at >= text.length) throw new NotJson();
    return false;
  }

  /** Reads the escape whose backslash is at `start`. */
  #escape(start: number): void {
    const letter = this.#text[this.#at++];
    if (letter === LETTER_U) {
      const character = escapedCharacter(this.#text, this.#at);
      if (character === undefined) throw new NotJson();
      // Four digits, or both escapes of a pair.
      this.#at += character.length === 1 ? 4 : 10;
      return this.#replace(start, quoted(character));
    }
    if (letter === SLASH) return this.#replace(start, '/');
    if (letter === undefined || !SAME_ESCAPES.has(letter)) throw new NotJson();
  }

  #skip(stop: number): void {
    const start = this.#at;
    while (this.#at < stop && isBlank(this.#text[this.#at])) this.#at++;
    if (this.#at > start) this.#replace(start, '');
  }

  /** Replaces the single byte just read. */
  #mark(replacement: string): void {
    if (replacement.length > 1) this.#replace(this.#at - 1, replacement);
  }

  /** Replaces the text from `start` to the current position. */
  #replace(start: number, replacement: string): void {
    if (this.#output === undefined) return;
    this.#flush(start);
    this.#taken = this.#at;
    if (replacement === '') return;
    this.#output.text(replacement);
    this.#made += replacement.length;
  }

  /** Puts the text up to `end` unchanged. */
  #flush(end: number): void {
    if (this.#output === undefined || end <= this.#taken) return;
    this.#output.range(this.#text, this.#taken, end);
    this.#made += end - this.#taken;
    this.#taken = end;
  }
}
