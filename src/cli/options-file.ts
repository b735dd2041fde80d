/** Which options file counts, and what it sets: before the command line, so that the line has the last word. */
import { Complaint, close } from './complaint.ts';
import { fileLines } from './config-file.ts';
import { find, parse } from './parse.ts';
import { PROGRAMS, type ProgramId } from './programs.ts';
import { propertyWords } from './property-words.ts';
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
): void {
  const named = namedFile(program, words);
  for (const path of named === undefined ? usualFiles(program, env) : [named]) {
    const text = read(path);
    if (text !== undefined) return applyFile(program, path, text, settings, used);
  }
  if (named !== undefined) throw close(`Error: Unable to read options file "${named}".`);
}

/** The value of `-o`, which may stand anywhere on the line but in the value of another option. */
function namedFile(program: ProgramId, words: readonly Word[]): string | undefined {
  const found: Word[] = [];
  for (let at = 0; at < words.length; ) {
    const option = find(program, words[at]!);
    // A name that nobody knows is told when the line is read; `--long=value` is one word.
    const arity = option?.attached === undefined ? (option?.option.arity ?? 0) : 0;
    const next = at + 1 + (arity === 'property' ? propertyWords(words[at + 2]?.text) : arity);
    if (option?.option.names[0] === '-o') found.push(...words.slice(at, next));
    at = next;
  }
  return parse(program, found).optionsFile;
}

/** Where the file is looked for when the line names none: our own name first, then that of the original. */
function usualFiles(program: ProgramId, env: Readonly<Record<string, string | undefined>>): string[] {
  const home = env['HOME'];
  const folder = env['XDG_CONFIG_HOME'] ?? (home === undefined ? undefined : `${home}/.config`);
  const { name, original } = PROGRAMS[program];
  return folder === undefined ? [] : [`${folder}/${name}`, `${folder}/${original}`];
}

function applyFile(program: ProgramId, path: string, text: Uint8Array, settings: Settings, used: Set<string>): void {
  for (const { number, words } of fileLines(text, program)) {
    try {
      parse(program, words, settings, used);
    } catch (error) {
      throw error instanceof Complaint ? error.at(`In options file ${path}, line ${number}.`) : error;
    }
  }
}
