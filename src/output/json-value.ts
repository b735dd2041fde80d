/**
 * JSON read and written again in one pass, as %J does with a payload: what cJSON takes is taken, and what comes out is
 * always valid. Double keys stay, and so does the order.
 */
import type { Layout } from './json-layout.ts';
import { formatJsonNumber } from './number.ts';

/** Arrays and objects inside each other, as cJSON has it. */
const DEEPEST = 1000;
/** A string has a largest length, and output can be longer than input: it is gathered in pieces of about this length. */
const PIECE_LENGTH = 1 << 16;

const NUMBER = /-?\d*(?:\.\d*)?(?:[eE][+-]?\d+)?/y;
const HEX = /[0-9a-fA-F]{4}/y;
const BLANK = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

const CONTROL = Array.from({ length: BLANK }, (_, code) => JSON.stringify(String.fromCharCode(code)).slice(1, -1));

/** As cJSON has it: every control character but NUL. */
const isBlank = (code: number): boolean => code <= BLANK && code > 0;

/** A character as it stands inside of a JSON string. */
const quoted = (character: string): string =>
  character < ' '
    ? CONTROL[character.charCodeAt(0)]!
    : character === '"' || character === '\\'
      ? `\\${character}`
      : character;

class NotJson extends Error {}

/** The same value in this layout, `depth` objects deep, in pieces; undefined when the text is not JSON. */
export function rewriteJson(text: string, layout: Layout, depth: number): readonly string[] | undefined {
  try {
    return new Rewriter(text, layout).document(depth);
  } catch (problem) {
    if (problem instanceof NotJson) return undefined;
    throw problem;
  }
}

/** What of the text is fine as it is stays in one slice; only what differs is replaced. */
class Rewriter {
  readonly #text: string;
  readonly #layout: Layout;
  readonly #pieces: string[] = [];
  #out = '';
  /** Everything before this is in `#out`. */
  #taken: number;
  #at: number;
  #nested = 0;

  constructor(text: string, layout: Layout) {
    this.#text = text;
    this.#layout = layout;
    this.#at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    this.#taken = this.#at;
  }

  document(depth: number): readonly string[] {
    this.#skip();
    this.#value(depth);
    this.#skip();
    if (this.#at < this.#text.length) throw new NotJson();
    this.#replace(this.#at, '');
    this.#pieces.push(this.#out);
    return this.#pieces;
  }

  /** The text from `start` to here becomes this. */
  #replace(start: number, replacement: string): void {
    this.#out += this.#text.slice(this.#taken, start) + replacement;
    this.#taken = this.#at;
    if (this.#out.length < PIECE_LENGTH) return;
    this.#pieces.push(this.#out);
    this.#out = '';
  }

  /** A single character that was read becomes this. */
  #mark(replacement: string): void {
    if (replacement.length > 1) this.#replace(this.#at - 1, replacement);
  }

  #skip(): void {
    const start = this.#at;
    while (isBlank(this.#code())) this.#at++;
    if (this.#at > start) this.#replace(start, '');
  }

  /** The character code here; NaN at the end. */
  #code(): number {
    return this.#text.charCodeAt(this.#at);
  }

  #takes(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #value(depth: number): void {
    switch (this.#text[this.#at]) {
      case '"':
        return this.#string();
      case '{':
        return this.#object(depth + 1);
      case '[':
        return this.#array(depth + 1);
      case 't':
        return this.#word('true');
      case 'f':
        return this.#word('false');
      case 'n':
        return this.#word('null');
      default:
        return this.#number();
    }
  }

  #word(word: string): void {
    if (!this.#text.startsWith(word, this.#at)) throw new NotJson();
    this.#at += word.length;
  }

  /** Zeros in front are taken, and a point that has digits on one side only; but it must begin with a digit or `-`. */
  #number(): void {
    const start = this.#at;
    NUMBER.lastIndex = start;
    NUMBER.test(this.#text);
    this.#at = NUMBER.lastIndex;
    const found = this.#text.slice(start, this.#at);
    const value = found === '' || found.startsWith('.') ? Number.NaN : Number(found);
    if (Number.isNaN(value)) throw new NotJson();
    const shown = formatJsonNumber(value);
    if (shown !== found) this.#replace(start, shown);
  }

  #string(): void {
    this.#at++;
    for (;;) {
      const code = this.#code();
      if (code >= BLANK && code !== QUOTE && code !== BACKSLASH) {
        this.#at++;
        continue;
      }
      if (Number.isNaN(code)) throw new NotJson();
      const start = this.#at++;
      if (code === QUOTE) return;
      const meant = code === BACKSLASH ? this.#escape() : this.#text[start]!;
      this.#replace(start, quoted(meant));
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at++] ?? '';
    if (letter !== 'u') {
      const meant = ESCAPES[letter];
      if (meant === undefined) throw new NotJson();
      return meant;
    }
    const first = this.#hex();
    if (first < 0xd800 || first > 0xdfff) return String.fromCharCode(first);
    // Half of a pair: the other half must follow.
    if (first > 0xdbff || !this.#takes('\\') || !this.#takes('u')) throw new NotJson();
    const second = this.#hex();
    if (second < 0xdc00 || second > 0xdfff) throw new NotJson();
    return String.fromCharCode(first, second);
  }

  #hex(): number {
    HEX.lastIndex = this.#at;
    if (!HEX.test(this.#text)) throw new NotJson();
    this.#at += 4;
    return Number.parseInt(this.#text.slice(this.#at - 4, this.#at), 16);
  }

  #object(depth: number): void {
    const layout = this.#layout;
    if (this.#enter('}', layout.empty(depth).slice(0, -1), layout.open(depth))) {
      do {
        if (this.#code() !== QUOTE) throw new NotJson();
        this.#string();
        this.#skip();
        if (!this.#takes(':')) throw new NotJson();
        this.#mark(layout.colon);
        this.#skip();
        this.#value(depth);
      } while (this.#more('}', layout.next(depth)));
      this.#mark(layout.close(depth));
    }
    this.#nested--;
  }

  #array(depth: number): void {
    if (this.#enter(']', '[', '[')) {
      do this.#value(depth);
      while (this.#more(']', this.#layout.comma));
    }
    this.#nested--;
  }

  /** Reads the beginning, and for an empty one the end; whether anything is inside. */
  #enter(end: string, empty: string, open: string): boolean {
    if (++this.#nested > DEEPEST) throw new NotJson();
    let inside = ++this.#at;
    while (isBlank(this.#text.charCodeAt(inside))) inside++;
    const isEmpty = this.#text[inside] === end;
    this.#mark(isEmpty ? empty : open);
    this.#skip();
    if (isEmpty) this.#at++;
    return !isEmpty;
  }

  /** After a member or element: whether another one follows. The end mark is read then. */
  #more(end: string, next: string): boolean {
    this.#skip();
    if (this.#takes(end)) return false;
    if (!this.#takes(',')) throw new NotJson();
    this.#mark(next);
    this.#skip();
    return true;
  }
}
