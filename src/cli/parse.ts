/**
 * Reads a command line by the table of options, with the grammar of the originals: left to right, the first error ends
 * it, the next word is the value whatever it looks like, no bundled options, no `--`. One addition: `--long=value`.
 */
import { close, wide } from './complaint.ts';
import type { Option } from './option.ts';
import { findOption } from './options/index.ts';
import type { ProgramId } from './programs.ts';
import { emptySettings, type Settings } from './settings.ts';
import { bytesWord, textWord, type Word } from './words.ts';

/**
 * What was typed. Throws a Complaint. `settings` is filled as far as the words were good, so that the caller still
 * knows what came before an error. `used` has the first names of the options that came before these words.
 */
export function parse(
  program: ProgramId,
  words: readonly Word[],
  settings: Settings = emptySettings(),
  used: Set<string> = new Set(),
): Settings {
  let at = 0;
  while (at < words.length && settings.show === undefined) {
    const found = find(program, words[at]!);
    if (found === undefined) throw close(`Error: Unknown option '${words[at]!.text}'.`);
    const { option, name, attached } = found;
    at++;
    if (option.conflict?.with.some((other) => used.has(other))) throw option.conflict.complaint();
    used.add(option.names[0]);
    const values = attached === undefined ? words.slice(at) : [attached];
    const taken = apply(option, settings, values);
    if (option.later === true) throw close(`Error: Option '${name}' is not available in this version.`);
    if (attached === undefined) at += taken;
  }
  return settings;
}

export interface Found {
  readonly option: Option;
  readonly name: string;
  /** The value of `--long=value`. */
  readonly attached?: Word;
}

/** The option that the word names, or undefined. */
export function find(program: ProgramId, word: Word): Found | undefined {
  const option = findOption(program, word.text);
  if (option !== undefined) return { option, name: word.text };
  const equals = word.text.startsWith('--') ? word.text.indexOf('=') : -1;
  if (equals < 0) return undefined;
  const name = word.text.slice(0, equals);
  const long = findOption(program, name);
  // A long name is ASCII, so it has as many bytes as characters.
  return long?.arity === 1 ? { option: long, name, attached: valueAfter(word, equals + 1) } : undefined;
}

function valueAfter(word: Word, start: number): Word {
  return word.wellFormed ? textWord(word.text.slice(start)) : bytesWord(word.bytes.subarray(start));
}

/** Sets what the option says and returns how many of the words after it were its value. */
function apply(option: Option, settings: Settings, values: readonly Word[]): number {
  switch (option.arity) {
    case 0:
      option.apply(settings);
      return 0;
    case 1: {
      const word = values[0];
      if (word === undefined) throw wide(option.missing);
      option.take(settings, word);
      return 1;
    }
    case 'property':
      return option.takeWords(settings, values);
  }
}
