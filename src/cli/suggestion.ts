/** What was probably meant by a word that is no option of the program: a line of help, without its end. */
import { nearest } from '../util/nearest.ts';
import { findOption, OPTIONS, optionsOf } from './options/index.ts';
import { PROGRAMS, type ProgramId } from './programs.ts';

/** Never shows more of the word than its name: what stands behind it may be a secret. */
export function suggestion(program: ProgramId, word: string): string | undefined {
  if (word === '' || /^--?$/.test(word)) return undefined;
  if (!word.startsWith('-')) return 'An option begins with a dash, and a value with blanks in it needs quotes.';
  const name = word.startsWith('--') ? word.replace(/=.*/s, '') : word;
  return ofSibling(program, name) ?? joined(program, name) ?? similar(program, name);
}

/** An option that another program has. */
function ofSibling(program: ProgramId, name: string): string | undefined {
  // With a value joined to it, an option of this program comes here as well.
  if (findOption(program, name) !== undefined) return `${name} takes no value in the same word.`;
  const ids = OPTIONS.filter((option) => option.names.includes(name)).flatMap((option) => option.programs);
  const names = [...new Set(ids)].map((id) => PROGRAMS[id].name);
  return names.length === 0 ? undefined : `${name} is an option of ${names.join(' and ')}.`;
}

/** `-p1883` and `-dv`, which other programs take. */
function joined(program: ProgramId, word: string): string | undefined {
  const letters = /^-([A-Za-z])(.+)$/s.exec(word);
  if (letters === null) return undefined;
  const [, first, rest] = letters;
  // `-host` is a long name with a dash too few.
  if (findOption(program, `-${word}`) !== undefined) return undefined;
  const option = findOption(program, `-${first}`);
  if (option?.arity === 1) return `Put a blank between -${first} and its value.`;
  const all = [first, ...rest!].map((letter) => `-${letter}`);
  return all.every((one) => findOption(program, one)?.arity === 0)
    ? `Options do not stand together: ${all.join(' ')}`
    : undefined;
}

function similar(program: ProgramId, name: string): string | undefined {
  const long = optionsOf(program).flatMap((option) => option.names.filter((known) => known.startsWith('--')));
  const found = nearest(
    name.replace(/^-+/, ''),
    long.map((known) => known.slice(2)),
  );
  return found === undefined ? undefined : `Did you mean --${found}?`;
}
