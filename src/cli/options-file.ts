/** Which options file counts, and what it sets: before the command line, so that the line has the last word. */
import { close } from './complaint.ts';
import { fileLines } from './config-file.ts';
import type { EnvironmentOptions } from './environment.ts';
import { parse, parseAt, spans } from './parse.ts';
import { PROGRAMS, type ProgramId } from './programs.ts';
import type { Settings } from './settings.ts';
import type { Word } from './words.ts';

/** What the search for an options file needs to know of the world. */
export interface FileSurroundings {
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The whole file; undefined when it is missing or cannot be read. */
  readonly readOptionsFile?: ((path: string) => Uint8Array | undefined) | undefined;
}

/** Sets what the options file says, if there is one. `words` are those of the command line. Throws a Complaint. */
export function readOptionsFile(
  program: ProgramId,
  words: readonly Word[],
  settings: Settings,
  used: Set<string>,
  { env = {}, readOptionsFile: read = () => undefined }: FileSurroundings,
  environment: EnvironmentOptions,
): void {
  const named = namedFile(program, words);
  for (const path of named === undefined ? usualFiles(program, env) : [named]) {
    const text = read(path);
    if (text !== undefined) return applyFile(program, path, text, settings, used, environment);
  }
  if (named !== undefined) throw close(`Error: Unable to read options file "${named}".`);
}

/** The value of `-o`, which may stand anywhere on the line but in the value of another option. */
function namedFile(program: ProgramId, words: readonly Word[]): string | undefined {
  const found = spans(program, words)
    .filter(({ option }) => option?.names[0] === '-o')
    .flatMap(({ start, end }) => words.slice(start, end));
  return parse(program, found).optionsFile;
}

/** Where the file is looked for when the line names none: our own name first, then that of the original. */
function usualFiles(program: ProgramId, env: Readonly<Record<string, string | undefined>>): string[] {
  const home = env['HOME'];
  const folder = env['XDG_CONFIG_HOME'] ?? (home === undefined ? undefined : `${home}/.config`);
  const { name, original } = PROGRAMS[program];
  return folder === undefined ? [] : [`${folder}/${name}`, `${folder}/${original}`];
}

function applyFile(
  program: ProgramId,
  path: string,
  text: Uint8Array,
  settings: Settings,
  used: Set<string>,
  environment: EnvironmentOptions,
): void {
  for (const { number, words } of fileLines(text, program)) {
    const place = `In options file ${path}, line ${number}.`;
    parseAt(place, program, environment.withoutOwn(words), settings, used);
  }
}
