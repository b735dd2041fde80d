/**
 * Which options file is read, and what it sets. It is read before the command line, which overrides it. Each line has
 * one option with its dashes, then a space, and the rest of the line is its value. There are no quotes or escapes; a
 * line that begins with `#`, after optional spaces, is a comment.
 */
import type { Environment } from '../../runtime/io.ts';
import { looseModeWarning } from '../../util/phrases.ts';
import { Complaint, usage } from '../complaint.ts';
import { findOption } from '../options/index.ts';
import type { Settings } from '../options/settings.ts';
import { type ProgramId, programOf } from '../programs.ts';
import type { LineSurroundings } from '../surroundings.ts';
import { propertyWords } from '../values/property.ts';
import { bytesWord, textWord, type Word } from '../words/words.ts';
import type { EnvironmentOptions } from './environment.ts';
import { find, parse, parseAt, spans } from './parse.ts';

/** Longer than a file written by hand, and quick to read. */
const MOST_BYTES = 1024 * 1024;

/** Applies the options file, if there is one; returns warnings. `words` are those of the command line. Throws a Complaint. */
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

/** The value of `-o`, anywhere on the command line except in the value of another option and after `--help`. */
function namedFile(program: ProgramId, words: readonly Word[]): string | undefined {
  const all = spans(program, words);
  const help = all.findIndex(({ option }) => option?.names[0] === '--help');
  const found = all
    .slice(0, help < 0 ? all.length : help)
    .filter(({ option }) => option?.names[0] === '-o')
    .flatMap(({ start, end }) => words.slice(start, end));
  return found.length === 0 ? undefined : parse(program, found).optionsFile;
}

/** The paths searched without `-o`: our own name first, then Mosquitto's. */
function usualFiles(program: ProgramId, env: Environment): string[] {
  const home = env['HOME'];
  // An empty variable counts as unset (XDG Base Directory Specification).
  const folder = env['XDG_CONFIG_HOME'] || (home === undefined ? undefined : `${home}/.config`);
  const { name, original = name } = programOf(program);
  return folder === undefined ? [] : [...new Set([name, original])].map((file) => `${folder}/${file}`);
}

/** Returns true when the file contains a password. */
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
    const name = words[0]?.text;
    if (find(program, words[0]!)?.option.names[0] === '-o') {
      warnings.push(`Warning: ${place}: ${name} has no effect in an options file.`);
      continue;
    }
    const isDouble = holdsOption(program, words);
    const isQuoted = holdsQuotes(program, words);
    if (isQuoted) warnings.push(`Warning: ${place}: the value of ${name} is in quotes. ${NO_QUOTES}`);
    try {
      parseAt(`${place}.`, program, environment.withoutOwn(words), settings, used);
    } catch (error) {
      if (isQuoted && error instanceof Complaint) throw error.hinting(NO_QUOTES);
      // An unknown option already has a similar hint.
      if (!isDouble || !(error instanceof Complaint) || error.hint?.includes('own line')) throw error;
      throw error.hinting(ONE_A_LINE);
    }
    // Omits the value, which may be a password.
    if (isDouble)
      warnings.push(`Warning: ${place}: the value of ${name} seems to contain another option. ${ONE_A_LINE}`);
    hasSecret ||= isSecret(program, words);
  }
  return hasSecret;
}

const NO_QUOTES = 'Remove the quotes: in an options file they are part of the value.';
const ONE_A_LINE = 'Put each option on its own line.';

/** Options whose value is a password, and URLs that may contain one. */
const SECRETS: ReadonlySet<string | undefined> = new Set(['-P', '--psk', '--ws-header', '--tls-engine-kpass-sha1']);
const URL_WITH_PASSWORD = /^[a-z0-9]+:\/\/[^/@:]*:[^@]+@/i;

const isSecret = (program: ProgramId, [name, value]: readonly Word[]): boolean =>
  name !== undefined &&
  (SECRETS.has(find(program, name)?.option.names[0]) || (value !== undefined && URL_WITH_PASSWORD.test(value.text)));

interface FileLine {
  readonly number: number;
  /** The option and its value, if any: words as on the command line. */
  readonly words: readonly Word[];
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
const HASH = 0x23;
/** U+FEFF in UTF-8, which some editors write at the beginning of a file. */
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The lines with an option. The parser checks whether they are valid. */
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

/** End of the line without its trailing CRs. */
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
  /** Takes the next word and the one space after it. */
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
  if (option?.arity === 'property') {
    next();
    next();
    for (let more = propertyWords(words[2]?.text) - 3; more > 0; more--) next();
  }
  if (at < line.length) words.push(bytesWord(line.subarray(at)));
  return words;
}

/** Options whose value may well begin and end with a quote: payloads, such as a string of JSON, and formats. */
const PAYLOADS: ReadonlySet<string | undefined> = new Set(['-m', '--will-payload', '-F', '--exec', '-P']);

/** Whether the value is in a pair of quotes, which a shell would remove and an options file does not. */
function holdsQuotes(program: ProgramId, [name, ...values]: readonly Word[]): boolean {
  const option = name && findOption(program, name.text);
  if (option?.arity !== 1 || PAYLOADS.has(option.names[0])) return false;
  return values.some(({ text }) => /^(["']).*\1$/s.test(text.trim()));
}

/** Options whose value is a command line, which may contain other options. */
const COMMANDS: ReadonlySet<string | undefined> = new Set(['--exec']);

/** Whether a value contains the name of another option, a probable mistake: the Mosquitto clients read one option a line. */
function holdsOption(program: ProgramId, [name, ...values]: readonly Word[]): boolean {
  if (name === undefined || COMMANDS.has(findOption(program, name.text)?.names[0])) return false;
  return values.some(({ text }) => {
    const pieces = text.split(/[ \t]+/);
    // A value that is a single word may be equal to the name of an option.
    return pieces.length > 1 && pieces.some((piece) => find(program, textWord(piece)) !== undefined);
  });
}
