/**
 * The text of an options file: one option a line, with its dashes, then a blank, and all the rest of the line is its
 * value. No quotes, no escapes; a line that begins with `#`, perhaps behind blanks, is a comment.
 */
import { findOption } from '../options/index.ts';
import type { ProgramId } from '../programs.ts';
import { propertyWords } from '../values/property.ts';
import { bytesWord, textWord, type Word } from '../words/words.ts';
import { find } from './parse.ts';

export interface FileLine {
  readonly number: number;
  /** The option, and its value where there is one: words as on the command line. */
  readonly words: readonly Word[];
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
const HASH = 0x23;
/** U+FEFF in UTF-8, with which some editors begin a file. */
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The lines that say something. Whether what they say makes sense is for the parser to tell. */
export function fileLines(text: Uint8Array, program: ProgramId): FileLine[] {
  const lines: FileLine[] = [];
  const first = BYTE_ORDER_MARK.equals(text.subarray(0, BYTE_ORDER_MARK.length)) ? BYTE_ORDER_MARK.length : 0;
  for (let start = first, number = 1; start < text.length; number++) {
    const found = text.indexOf(LF, start);
    const end = found < 0 ? text.length : found;
    const words = lineWords(text.subarray(start, trimmed(text, start, end)), program);
    if (words.length > 0) lines.push({ number, words });
    start = end + 1;
  }
  return lines;
}

/** Where the line ends when the CRs at its end are left out. */
function trimmed(text: Uint8Array, start: number, end: number): number {
  let last = end;
  while (last > start && text[last - 1] === CR) last--;
  return last;
}

function lineWords(line: Uint8Array, program: ProgramId): Word[] {
  const words: Word[] = [];
  let at = 0;
  while (line[at] === BLANK || line[at] === TAB) at++;
  if (line[at] === HASH) return words;
  /** The next word and the one blank after it. */
  const next = (): void => {
    while (line[at] === BLANK) at++;
    if (at >= line.length) return;
    const blank = line.indexOf(BLANK, at);
    const end = blank < 0 ? line.length : blank;
    words.push(bytesWord(line.subarray(at, end)));
    at = end + 1;
  };
  next();
  const option = words[0] === undefined ? undefined : findOption(program, words[0].text);
  // A file does not lead to another one.
  if (option?.names[0] === '-o') return [];
  if (option?.arity === 'property') {
    next();
    next();
    for (let more = propertyWords(words[2]?.text) - 3; more > 0; more--) next();
  }
  if (at < line.length) words.push(bytesWord(line.subarray(at)));
  return words;
}

/** Options whose value is a command line, in which other options are no mistake. */
const COMMANDS: ReadonlySet<string | undefined> = new Set(['--exec']);

/** Whether a value of the line has the name of another option in it: two options on a line are one for the originals. */
export function holdsOption(program: ProgramId, [name, ...values]: readonly Word[]): boolean {
  if (name === undefined || COMMANDS.has(findOption(program, name.text)?.names[0])) return false;
  return values.some(({ text }) => {
    const pieces = text.split(/[ \t]+/);
    // A value of one word may be the name of an option: it is whole.
    return pieces.length > 1 && pieces.some((piece) => find(program, textWord(piece)) !== undefined);
  });
}
