/** Which options file counts, and what it sets: before the command line, so that the line has the last word. */
import { looseModeWarning } from '../../util/phrases.ts';
import { Complaint, usage } from '../complaint.ts';
import type { Settings } from '../options/settings.ts';
import { PROGRAMS, type ProgramId } from '../programs.ts';
import type { LineSurroundings } from '../surroundings.ts';
import type { Word } from '../words/words.ts';
import { fileLines, holdsOption } from './config-file.ts';
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
function usualFiles(program: ProgramId, env: Readonly<Record<string, string | undefined>>): string[] {
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
      // An unknown option is told with a hint like this one.
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
