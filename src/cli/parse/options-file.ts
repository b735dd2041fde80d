/**
 * Which options file counts, and what it sets: before the command line, so that the line has the last word. One option a
 * line, with its dashes, then a blank, and all the rest of the line is its value. No quotes, no escapes; a line that
 * begins with `#`, perhaps behind blanks, is a comment.
 */
import type { Environment } from '../../runtime/io.ts';
import { looseModeWarning } from '../../util/phrases.ts';
import { Complaint, usage } from '../complaint.ts';
import { findOption } from '../options/index.ts';
import type { Settings } from '../options/settings.ts';
import { PROGRAMS, type ProgramId } from '../programs.ts';
import type { LineSurroundings } from '../surroundings.ts';
import { propertyWords } from '../values/property.ts';
import { bytesWord, textWord, type Word } from '../words/words.ts';
import type { EnvironmentOptions } from './environment.ts';
import { find, parse, parseAt, spans } from './parse.ts';

/** More than anybody writes by hand, and soon read. */
const MOST_BYTES = 1024 * 1024;

/** Sets what the options file says, if there is one; returns warnings. `words` are those of the command line. Throws a Complaint. */
export function readOptionsFile(
  program: ProgramId,
  words: readonly Word[],
  settings: Settings,
  used: Set<string>,
  { env = {}, readOptionsFile: read = () => ({ reason: '' }) }: LineSurroundings,
  environment: EnvironmentOptions,
): readonly string[] {
  const named = namedFile(program, words);
  const warnings: string[] = [];
  for (const path of named === undefined ? usualFiles(program, env) : [named]) {
    const file = read(path, MOST_BYTES, named !== undefined);
    if ('reason' in file) {
      if (named !== undefined) throw usage(`Error: Unable to read options file "${named}": ${file.reason}.`);
      if (file.exists === true) warnings.push(`Warning: Unable to read options file "${path}": ${file.reason}.`);
      continue;
    }
    if (file.bytes.length > MOST_BYTES)
      throw usage(`Error: The options file "${path}" is longer than ${MOST_BYTES} bytes.`).hinting(
        'Write one option on each line, or name another file with -o.',
      );
    const warning = applyFile(program, path, file.bytes, settings, used, environment, warnings)
      ? looseModeWarning('options file with a password', path, file.mode)
      : undefined;
    return warning === undefined ? warnings : [...warnings, warning];
  }
  return warnings;
}

/** The value of `-o`, which may stand anywhere on the line but in the value of another option. */
function namedFile(program: ProgramId, words: readonly Word[]): string | undefined {
  const found = spans(program, words)
    .filter(({ option }) => option?.names[0] === '-o')
    .flatMap(({ start, end }) => words.slice(start, end));
  return found.length === 0 ? undefined : parse(program, found).optionsFile;
}

/** Where the file is looked for when the line names none: our own name first, then that of the original. */
function usualFiles(program: ProgramId, env: Environment): string[] {
  const home = env['HOME'];
  // Empty counts as unset (XDG Base Directory Specification).
  const folder = env['XDG_CONFIG_HOME'] || (home === undefined ? undefined : `${home}/.config`);
  const { name, original } = PROGRAMS[program];
  return folder === undefined ? [] : [`${folder}/${name}`, `${folder}/${original}`];
}

/** True when there is a password in it. */
function applyFile(
  program: ProgramId,
  path: string,
  text: Uint8Array,
  settings: Settings,
  used: Set<string>,
  environment: EnvironmentOptions,
  warnings: string[],
): boolean {
  let hasSecret = false;
  for (const { number, words } of fileLines(text, program)) {
    const place = `In options file ${path}, line ${number}`;
    const isDouble = holdsOption(program, words);
    try {
      parseAt(`${place}.`, program, environment.withoutOwn(words), settings, used);
    } catch (error) {
      // An unknown option has a hint like this one.
      if (!isDouble || !(error instanceof Complaint) || error.hint?.includes('own line')) throw error;
      throw error.hinting(ONE_A_LINE);
    }
    // Without the value: it may be a password.
    if (isDouble)
      warnings.push(
        `Warning: ${place}: the value of ${words[0]?.text} seems to have another option in it. ${ONE_A_LINE}`,
      );
    hasSecret ||= isSecret(program, words);
  }
  return hasSecret;
}

const ONE_A_LINE = 'Each option needs a line of its own.';

/** Options whose value is a password, and URLs with one in them. */
const SECRETS: ReadonlySet<string | undefined> = new Set(['-P', '--psk', '--ws-header', '--tls-engine-kpass-sha1']);
const URL_WITH_PASSWORD = /^[a-z0-9]+:\/\/[^/@:]*:[^@]+@/i;

const isSecret = (program: ProgramId, [name, value]: readonly Word[]): boolean =>
  name !== undefined &&
  (SECRETS.has(find(program, name)?.option.names[0]) || (value !== undefined && URL_WITH_PASSWORD.test(value.text)));

interface FileLine {
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

/** The lines that say something. Whether it makes sense is for the parser to find out. */
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
function holdsOption(program: ProgramId, [name, ...values]: readonly Word[]): boolean {
  if (name === undefined || COMMANDS.has(findOption(program, name.text)?.names[0])) return false;
  return values.some(({ text }) => {
    const pieces = text.split(/[ \t]+/);
    // A value of one word may be the name of an option: it is whole.
    return pieces.length > 1 && pieces.some((piece) => find(program, textWord(piece)) !== undefined);
  });
}
