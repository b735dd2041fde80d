/**
 * Reads options from the environment: `TSMOSQ_HOST` for `--host`. The command line overrides the environment, and the
 * environment overrides the options file.
 */
import type { Environment } from '../../runtime/io.ts';
import { nearest } from '../../util/nearest.ts';
import { Complaint, usage } from '../complaint.ts';
import { OPTIONS, optionsOf } from '../options/index.ts';
import { completionOf, environmentName, type Option } from '../options/option.ts';
import type { Settings } from '../options/settings.ts';
import type { ProgramId } from '../programs.ts';
import { textWord, type Word } from '../words/words.ts';
import { parseAt, spans } from './parse.ts';

const PREFIX = 'TSMOSQ_';

/** First names of options. */
type Names = ReadonlySet<string>;

interface Variable {
  readonly name: string;
  readonly option: Option;
  readonly text: string;
}

/** The options of the environment, except those that the command line overrides. */
export class EnvironmentOptions {
  readonly #program: ProgramId;
  readonly #variables: readonly Variable[] = [];
  readonly #onLine: Names = new Set();

  constructor(program: ProgramId, env: Environment, words: readonly Word[]) {
    this.#program = program;
    const given = variablesOf(program, env);
    if (given.length === 0) return;
    this.#onLine = namesIn(program, words);
    // A request for help works whatever the environment contains.
    if (['--help', '--version', '--completion'].some((name) => this.#onLine.has(name))) return;
    const displaced = displacedBy(this.#onLine);
    this.#variables = given.filter(({ option }) => !displaced.has(option.names[0]));
  }

  /** The words of a line of an options file that are not overridden. */
  withoutOwn(words: readonly Word[]): readonly Word[] {
    if (this.#variables.length === 0) return words;
    // A flag that is switched off overrides only itself.
    const on = this.#variables.filter((variable) => !isOff(variable)).map(({ option }) => option.names[0]);
    const displaced = displacedBy(new Set(on));
    for (const { option } of this.#variables) displaced.add(option.names[0]);
    return spans(this.#program, words)
      .filter(({ option }) => option === undefined || !displaced.has(option.names[0]))
      .flatMap(({ start, end }) => words.slice(start, end));
  }

  /** Applies the options. Throws a Complaint that names the variable. */
  apply(settings: Settings): void {
    if (this.#variables.length === 0) return;
    const used = new Set<string>();
    const inFile = [...settings.topics];
    for (const variable of this.#variables) {
      const place = `In the environment variable ${variable.name}.`;
      try {
        if (variable.text === '' && needsText(variable.option))
          throw usage(`Error: The value of ${variable.option.names.at(-1)} is empty.`).at(place);
        parseAt(place, this.#program, wordsOf(variable, place), settings, used);
      } catch (error) {
        const isEmpty = error instanceof Complaint && variable.text === '';
        throw isEmpty ? error.hinting('The variable is empty. Give it a value, or unset it.') : error;
      }
    }
    // The last source of topics also replaces earlier lists; a URL contains a topic as well.
    if (setsTopic(this.#onLine)) settings.topics.splice(inFile.length);
    else if (setsTopic(used)) settings.topics.splice(0, inFile.length);
  }
}

/** Warnings of names that no option of any program has: they have no effect. */
export function unknownVariables(env: Environment): readonly string[] {
  const given = Object.keys(env).filter((name) => name.startsWith(PREFIX));
  if (given.length === 0) return [];
  const known = OPTIONS.map(environmentName).filter((name) => name !== undefined);
  const bare = known.map((name) => name.slice(PREFIX.length));
  return given
    .filter((name) => !known.includes(name))
    .sort()
    .map((name) => {
      const closest = nearest(name.slice(PREFIX.length), bare);
      return `Warning: ${name} matches no option${closest === undefined ? '' : `; the closest is ${PREFIX}${closest}`}.`;
    });
}

/** In the order of the table, but URLs first: a separate variable for host or port is more specific. */
function variablesOf(program: ProgramId, env: Environment): readonly Variable[] {
  if (!Object.keys(env).some((name) => name.startsWith(PREFIX))) return [];
  const variables: Variable[] = [];
  for (const option of optionsOf(program)) {
    const name = environmentName(option);
    const text = name === undefined ? undefined : env[name];
    if (name === undefined || text === undefined) continue;
    if (option.names[0] === '-L') variables.unshift({ name, option, text });
    else variables.push({ name, option, text });
  }
  return variables;
}

const setsTopic = (names: Names): boolean => names.has('-t') || names.has('-L');

function namesIn(program: ProgramId, words: readonly Word[]): Names {
  return new Set(spans(program, words).flatMap(({ option }) => (option === undefined ? [] : [option.names[0]])));
}

/** These options, and all that exclude each other with them. */
function displacedBy(names: Names): Set<string> {
  const displaced = new Set(names);
  for (const option of OPTIONS) {
    if (!names.has(option.names[0])) continue;
    for (const name of [...(option.conflict?.with ?? []), ...(option.instead ?? [])]) displaced.add(name);
  }
  return displaced;
}

const ON: ReadonlySet<string> = new Set(['1', 'true', 'yes', 'on']);
const OFF: ReadonlySet<string> = new Set(['0', 'false', 'no', 'off', '']);

/** Options whose empty value fails only when the session is opened, where no message names the variable. */
const HOST_AND_ID: ReadonlySet<string> = new Set(['-h', '-i', '--unix']);

const needsText = (option: Option): boolean =>
  HOST_AND_ID.has(option.names[0]) || ['file', 'directory'].includes(`${completionOf(option)}`);

const isOff = ({ option, text }: Variable): boolean => option.arity === 0 && OFF.has(text.toLowerCase());

/** The words that the variable would be on a command line. */
function wordsOf(variable: Variable, place: string): readonly Word[] {
  const { option, text } = variable;
  const name = textWord(option.names[0]);
  if (option.arity !== 0) return [name, textWord(text)];
  if (isOff(variable)) return [];
  if (ON.has(text.toLowerCase())) return [name];
  const long = option.names.at(-1);
  throw usage(`Error: The value of ${variable.name} is neither yes nor no.`)
    .hinting(`Use 1, true, yes or on to set ${long}, and 0, false, no, off or nothing to leave it off.`)
    .at(place);
}
