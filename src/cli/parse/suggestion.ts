/** What to do about a word that is not an option of the program: a hint, for the command line and for an options file. */
import { CHECK_NAMES } from '../../check/names.ts';
import { nearest } from '../../util/nearest.ts';
import { findOption, OPTIONS, optionsOf } from '../options/index.ts';
import { PROGRAMS, type ProgramId } from '../programs.ts';
import { DASHES, QUOTES } from '../words/shown.ts';

/** Shows only the name from the word, because the rest may be a secret. */
export function suggestion(program: ProgramId, word: string): string | undefined {
  if (word === '' || /^--?$/.test(word)) return undefined;
  const pasted = PASTED.find(({ characters }) => characters.test(word));
  if (pasted !== undefined) return pasted.hint;
  const first = joinedOption(program, word);
  if (first !== undefined) return `Give ${first} and its value as two words, not in one pair of quotes.`;
  if (!word.startsWith('-') && program === 'check') return checkSuggestion(word);
  if (!word.startsWith('-')) return 'An option begins with a dash, and a value with spaces needs quotes.';
  const name = word.startsWith('--') ? word.replace(/=.*/s, '') : word;
  return elsewhere(program, name) ?? ofSibling(program, name) ?? joined(program, name) ?? similar(program, name);
}

function checkSuggestion(word: string): string {
  const name = nearest(word, CHECK_NAMES);
  return name === undefined ? `A check is one of ${CHECK_NAMES.join(', ')}.` : `The closest check is ${name}.`;
}

/** The same in an options file, where quotes are ordinary characters; undefined: the hint is the same. */
export function placedSuggestion(program: ProgramId, word: string): string | undefined {
  if (QUOTED.test(word)) return 'Remove the quotes: in an options file they are ordinary characters.';
  const first = joinedOption(program, word);
  if (first !== undefined) return `Put ${first} on its own line.`;
  return word.startsWith('-') || PASTED.some(({ characters }) => characters.test(word))
    ? undefined
    : 'Begin each line with an option, such as -t. The rest of the line is its value.';
}

/** The option at the beginning of a word with spaces. */
function joinedOption(program: ProgramId, word: string): string | undefined {
  const [first] = word.split(' ');
  return first !== word && findOption(program, first!) !== undefined ? first : undefined;
}

const QUOTED = new RegExp(`^['"${QUOTES}]`);

/** The hints for words that were pasted. */
const PASTED: readonly { readonly characters: RegExp; readonly hint: string }[] = [
  {
    characters: new RegExp(`^[${DASHES}]`),
    hint: 'This word begins with a typographic dash. Type an ASCII hyphen (-) instead.',
  },
  {
    characters: new RegExp(`^[${QUOTES}]`),
    hint: 'This word begins with a typographic quote. Type an ASCII quote (\' or ") instead.',
  },
  {
    characters: /^-[^\s]*[\u00a0\u2007\u202f]/,
    hint: 'This word contains a no-break space. Type an ordinary space instead.',
  },
];

/** Names of our options in other MQTT clients. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '--hostname': '--host',
  '--broker': '--host',
  '--client-id': '--id',
  '--clientid': '--id',
  '--user': '--username',
  '--password': '--pw',
  '--pass': '--pw',
  '--ca': '--cafile',
  '--ca-file': '--cafile',
  '--payload': '--message',
  '--timeout': '-W',
  '--count': '-C',
};

function elsewhere(program: ProgramId, name: string): string | undefined {
  const ours = ELSEWHERE[name];
  const option = ours === undefined ? undefined : findOption(program, ours);
  return option === undefined ? undefined : `Use ${option.names.join(' or ')} instead of ${name}.`;
}

/** An option of another program. */
function ofSibling(program: ProgramId, name: string): string | undefined {
  // This also receives an option of this program with an attached value.
  if (findOption(program, name) !== undefined) return `${name} takes no value in the same word.`;
  const ids = OPTIONS.filter((option) => option.names.includes(name)).flatMap((option) => option.programs);
  const names = [...new Set(ids)].map((id) => PROGRAMS[id].name);
  return names.length === 0 ? undefined : `${name} is an option of ${names.join(' and ')}.`;
}

/** `-p1883` and `-dv`, which other programs accept. */
function joined(program: ProgramId, word: string): string | undefined {
  const letters = /^-([A-Za-z])(.+)$/s.exec(word);
  if (letters === null) return undefined;
  const [, first, rest] = letters;
  // `-host` is a long name that lacks a dash.
  if (findOption(program, `-${word}`) !== undefined) return undefined;
  const option = findOption(program, `-${first}`);
  if (option?.arity === 1) return `Put a space between -${first} and its value.`;
  const all = [first, ...rest!].map((letter) => `-${letter}`);
  return all.every((one) => findOption(program, one)?.arity === 0)
    ? `Write options separately: ${all.join(' ')}.`
    : undefined;
}

function similar(program: ProgramId, name: string): string | undefined {
  const long = optionsOf(program).flatMap((option) => option.names.filter((known) => known.startsWith('--')));
  const found = nearest(
    name.replace(/^-+/, ''),
    long.map((known) => known.slice(2)),
  );
  return found === undefined ? undefined : `The closest option is --${found}.`;
}
