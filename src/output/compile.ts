/**
 * How a `-F` format is compiled: once, while the command line is parsed, which also checks it. Printing a message then
 * calls an array of small functions.
 *
 *     format  = *( text | "%" spec | "@" char | "\" escape )
 *     spec    = [ "-" | "0" ] [width] ["." [precision]] [separator] letter
 */
import type { FormatOptions, Renderer, Spec } from './renderer.ts';
import { specifier } from './specifiers.ts';
import { conversion, nineDigits, oncePerSecond } from './time.ts';

/** The format is invalid. The message is mosquitto_sub's, without `Error: `. */
export class FormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FormatError';
  }
}

export interface CompiledFormat {
  /** Whether the renderer uses the time. */
  readonly usesTime: boolean;
  /** Call this once for many messages. */
  renderer(options: FormatOptions): Renderer;
}

/** Wider than any useful line. With wider values mosquitto_sub runs out of memory or overflows. */
const WIDEST = 1_000_000;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  '0': '\0',
  a: '\x07',
  e: '\x1b',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The characters between precision and letter: all punctuation except `%`. */
const SEPARATOR = /[ -$&-/:-@[-`{-~]/;
const SPEC = /([-0]?)(\d*)(?:(\.)(\d*))?/y;

type Build = (options: FormatOptions) => Renderer;

/** Compiles a format, given as text or as bytes. Throws a FormatError. */
export function compileFormat(format: string | Uint8Array): CompiledFormat {
  return new Compiler(format).compile();
}

class Compiler {
  /** One character per byte (latin1), because the format need not be valid text. */
  readonly #source: string;
  readonly #parts: Build[] = [];
  #text = '';
  #usesTime = false;
  #at = 0;

  constructor(format: string | Uint8Array) {
    const bytes =
      typeof format === 'string' ? Buffer.from(format) : Buffer.from(format.buffer, format.byteOffset, format.length);
    this.#source = bytes.toString('latin1');
  }

  compile(): CompiledFormat {
    while (this.#at < this.#source.length) {
      const character = this.#source[this.#at++]!;
      if (character === '%') this.#specifier();
      else if (character === '@') this.#conversion();
      else if (character === '\\') this.#escape();
      else this.#text += character;
    }
    const parts = this.#parts;
    const rest = this.#text;
    return {
      usesTime: this.#usesTime,
      renderer: (options) => {
        const end = rest + (options.newline ? (options.nul ? '\0' : '\n') : '');
        return inOrder([...parts.map((build) => build(options)), ...(end === '' ? [] : [constant(end)])]);
      },
    };
  }

  #part(build: Build): void {
    if (this.#text !== '') {
      const text = constant(this.#text);
      this.#parts.push(() => text);
      this.#text = '';
    }
    this.#parts.push(build);
  }

  #specifier(): void {
    SPEC.lastIndex = this.#at;
    const [all, flag, width, point, precision] = SPEC.exec(this.#source)!;
    this.#at += all.length;
    if (this.#at === this.#source.length) throw new FormatError('Incomplete format specifier.');
    let separator: number | undefined;
    if (SEPARATOR.test(this.#source[this.#at]!)) separator = this.#source.charCodeAt(this.#at++);
    const row = specifier(this.#source[this.#at] ?? '');
    if (row === undefined) throw new FormatError(`Invalid format specifier '${this.#letter() || '\0'}'.`);
    this.#at++;
    const spec: Spec = {
      left: flag === '-',
      // After `-`, SPEC has read the `0` as the first digit of the width.
      zero: flag === '0' || (flag === '-' && width!.startsWith('0')),
      width: number(width!),
      precision: point === undefined ? undefined : number(precision!),
      separator,
    };
    if (row.usesTime) this.#usesTime = true;
    this.#part((options) => row.build(spec, options));
  }

  #conversion(): void {
    const letter = this.#source[this.#at++];
    if (letter === undefined) throw new FormatError('Incomplete format specifier.');
    if (letter === '@') {
      this.#text += '@';
    } else if (letter > '\x7f') {
      // Not a letter of the C locale. Further bytes of the same character follow as text.
      this.#text += `%${letter}`;
    } else if (letter === 'N') {
      this.#usesTime = true;
      this.#part(() => (output, _packet, at) => output.text(nineDigits(at)));
    } else {
      this.#usesTime = true;
      const convert = conversion(letter);
      this.#part(() => {
        const text = oncePerSecond((date) => Buffer.from(convert(date)));
        return (output, _packet, at) => output.bytes(text(at));
      });
    }
  }

  #escape(): void {
    const letter = this.#letter();
    if (letter === '') throw new FormatError('Incomplete escape specifier.');
    const meant = ESCAPES[letter];
    if (meant === undefined) throw new FormatError(`Invalid escape specifier '${letter}'.`);
    this.#text += meant;
    this.#at++;
  }

  /** The next character, of one byte or more. */
  #letter(): string {
    const [character = ''] = Buffer.from(this.#source.slice(this.#at, this.#at + 4), 'latin1').toString();
    return character;
  }
}

function number(digits: string): number {
  const value = Number(digits);
  if (value > WIDEST) throw new FormatError(`Invalid format specifier: ${digits} is more than ${WIDEST}.`);
  return value;
}

function constant(text: string): Renderer {
  const bytes = Buffer.from(text, 'latin1');
  const [only] = bytes;
  return bytes.length === 1 ? (output) => output.byte(only!) : (output) => output.bytes(bytes);
}

function inOrder(parts: readonly Renderer[]): Renderer {
  const [first, second] = parts;
  if (first !== undefined && parts.length === 1) return first;
  if (first !== undefined && second !== undefined && parts.length === 2) {
    return (output, packet, at) => {
      first(output, packet, at);
      second(output, packet, at);
    };
  }
  return (output, packet, at) => {
    for (let i = 0; i < parts.length; i++) parts[i]!(output, packet, at);
  };
}
