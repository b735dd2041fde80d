/**
 * Reads a command line by the table of options, with the grammar of Mosquitto: from left to right, up to the first
 * error; the next word is the value whatever it looks like; no bundled options, no `--`. One addition: `--long=value`.
 */
import { Complaint, runtimeError, usage } from '../complaint.ts';
import { findOption } from '../options/index.ts';
import { missingText, type Option } from '../options/option.ts';
import { emptySettings, type Settings } from '../options/settings.ts';
import { PROGRAMS, type ProgramId } from '../programs.ts';
import { propertyWords, readProperty } from '../values/property.ts';
import { shown } from '../words/shown.ts';
import { bytesWord, textWord, type Word } from '../words/words.ts';
import { placedSuggestion, suggestion } from './suggestion.ts';

/** The most words that belong to one option: `-D COMMAND user-property NAME VALUE`. */
const MOST_VALUES = 4;

/**
 * Reads the settings. Throws a Complaint. `settings` is filled up to the first error, so that the caller knows the
 * earlier options. `used` contains the first names of the options before these words.
 */
export function parse(
  program: ProgramId,
  words: readonly Word[],
  settings: Settings = emptySettings(),
  used: Set<string> = new Set(),
): Settings {
  let at = 0;
  /** True when the previous words are a secret, of which the next word may be a part. */
  let secret = false;
  while (at < words.length && settings.show === undefined) {
    const found = find(program, words[at]!);
    if (found === undefined) {
      const { text } = words[at]!;
      const printed = secret && !text.startsWith('-') ? '…' : shown(text);
      throw usage(`Error: Unknown option '${printed}'.`).hinting(
        suggestion(program, text),
        placedSuggestion(program, text),
      );
    }
    const { option, attached } = found;
    at++;
    if (option.conflict?.with.some((other) => used.has(other))) throw option.conflict.complaint();
    used.add(option.names[0]);
    const values = attached === undefined ? words.slice(at, at + MOST_VALUES) : [attached];
    const taken = apply(program, option, settings, values);
    if (attached === undefined) at += taken;
    // A value that is an option itself suggests that the real value was forgotten.
    secret = SECRETS.has(option.names[0]) && values[0] !== undefined && find(program, values[0]) === undefined;
  }
  // The first one to ask is answered, be it in an options file.
  if (settings.show === 'help') settings.helpTopic ??= topicAmong(words.slice(at));
  return settings;
}

/** The topic among the words after `--help`. Several words that begin with an option mean nothing, as in the Mosquitto clients. */
function topicAmong([first, ...rest]: readonly Word[]): string | undefined {
  return first === undefined || (first.text.startsWith('-') && rest.length > 0) ? undefined : first.text;
}

/** The same, of words that stand elsewhere: the complaint names the place. */
export function parseAt(
  place: string,
  program: ProgramId,
  words: readonly Word[],
  settings: Settings,
  used: Set<string>,
): void {
  const before = { ...settings.faults };
  try {
    parse(program, words, settings, used);
  } catch (error) {
    throw error instanceof Complaint ? error.at(place) : error;
  }
  for (const name of Object.keys(settings.faults) as (keyof typeof before)[]) {
    const fault = settings.faults[name];
    if (fault !== undefined && fault !== before[name]) settings.faults[name] = fault.at(place);
  }
}

/** Options whose value is often split for lack of quotes: `-P my password`. */
const SECRETS: ReadonlySet<string> = new Set(['-P', '--psk', '--ws-header']);

export interface Found {
  readonly option: Option;
  /** The value of `--long=value`. */
  readonly attached?: Word;
}

/** The option with this name, or undefined. */
export function find(program: ProgramId, word: Word): Found | undefined {
  const option = findOption(program, word.text);
  if (option !== undefined) return { option };
  const equals = word.text.startsWith('--') ? word.text.indexOf('=') : -1;
  if (equals < 0) return undefined;
  const name = word.text.slice(0, equals);
  const long = findOption(program, name);
  // A long name is ASCII, so it has as many bytes as characters.
  return long?.arity === 1 ? { option: long, attached: valueAfter(word, equals + 1) } : undefined;
}

/** An option and its words, [start, end); `option` is undefined for an unknown word. */
export interface OptionSpan {
  readonly option?: Option;
  readonly start: number;
  readonly end: number;
}

/** Finds the options in the words without applying them; parse() reports errors in them. */
export function spans(program: ProgramId, words: readonly Word[]): readonly OptionSpan[] {
  const all: OptionSpan[] = [];
  for (let start = 0; start < words.length; ) {
    const found = find(program, words[start]!);
    // `--long=value` is one word.
    const arity = found?.attached === undefined ? (found?.option.arity ?? 0) : 0;
    const end = start + 1 + (arity === 'property' ? propertyWords(words[start + 2]?.text) : arity);
    all.push({ ...(found === undefined ? {} : { option: found.option }), start, end: Math.min(end, words.length) });
    start = end;
  }
  return all;
}

function valueAfter(word: Word, start: number): Word {
  return word.wellFormed ? textWord(word.text.slice(start)) : bytesWord(word.bytes.subarray(start));
}

/** Applies the option, and returns how many of the following words are its value. */
function apply(program: ProgramId, option: Option, settings: Settings, words: readonly Word[]): number {
  const used = applyOwn(program, option, settings, words);
  if (option.also !== undefined) setAll(settings, option.also);
  return used;
}

function applyOwn(program: ProgramId, option: Option, settings: Settings, words: readonly Word[]): number {
  if (option.arity === 'property') {
    const { target, property, used } = readProperty(words);
    settings.properties[target].push(property);
    return used;
  }
  if (option.arity === 0) {
    setOne(settings, option.sets, option.to);
    return 0;
  }
  const [word] = words;
  if (word === undefined)
    throw usage(missingText(option), { blankLines: 2 }).hinting(option.missingHint?.(PROGRAMS[program].name));
  try {
    const value = option.kind.read(word, option.names[0], settings.readFormat);
    if ('sets' in option) setOne(settings, option.sets, value);
    else if ('adds' in option) setOne(settings, option.adds, value);
    else setAll(settings, value as object);
  } catch (error) {
    if (!('late' in option) || !(error instanceof Complaint)) throw error;
    setOne(settings, option.sets, '');
    settings.faults[option.sets as keyof Settings['faults']] = runtimeError(error.message).hinting(error.hint);
  }
  return 1;
}

function setAll(settings: Settings, some: object): void {
  for (const [name, value] of Object.entries(some)) setOne(settings, name, value);
}

/** The types of the rows ensure that the value fits the setting. */
function setOne(settings: Settings, name: string, value: unknown): void {
  const all = settings as unknown as Record<string, unknown>;
  const before = all[name];
  if (Array.isArray(before)) before.push(value);
  else all[name] = value;
  delete settings.faults[name as keyof Settings['faults']];
}
