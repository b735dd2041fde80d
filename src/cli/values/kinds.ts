/** Which kinds of value an option can have: for each, one implementation of what is read and what is rejected. */

import { isTopicFilter, isTopicName, tooDeep } from '../../mqtt/topic.ts';
import type { CompiledFormat } from '../../output/compile.ts';
import { decimalNumber } from '../../util/decimal-number.ts';
import { isPlainText } from '../../util/utf8.ts';
import { type Complaint, runtimeError, usage } from '../complaint.ts';
import { shown } from '../words/shown.ts';
import type { Word } from '../words/words.ts';
import type { ReadFormat } from './format.ts';
import { textFault } from './text-fault.ts';

export interface Kind<T> {
  readonly type:
    | 'integer'
    | 'decimal'
    | 'session expiry'
    | 'choice'
    | 'text'
    | 'bytes'
    | 'topic'
    | 'filter'
    | 'url'
    | 'format';
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  /** Returns the value of the word. Throws a Complaint, which may use the given name of the option. */
  read(word: Word, option: string, readFormat?: ReadFormat): T;
}

/** Gets the printable value, without a possible secret: two options on one line of an options file are one value. */
type RefuseValue = (value: string) => Complaint;

/**
 * Removes C's white space around the text, which is not an error: an options file may have columns, and `wc -l` prints
 * spaces before its number on some systems.
 */
const withoutBlanks = (text: string): string => text.replace(/^[ \t-\r]+|[ \t-\r]+$/g, '');

/** The value of a whole decimal number; undefined for any other text, and for a number too large to be exact. */
export function wholeNumber(text: string): number | undefined {
  const digits = withoutBlanks(text);
  const number = /^[+-]?\d+$/.test(digits) ? Number(digits) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Reads as another kind does, and converts the result. */
export function mapped<T, V>(kind: Kind<T>, to: (value: T) => V): Kind<V> {
  return { ...kind, read: (word, option, readFormat) => to(kind.read(word, option, readFormat)) };
}

/** A whole decimal number within limits. */
export function integer<T extends number = number>(limits: { min: number; max?: number; bad: RefuseValue }): Kind<T> {
  const { min, max = Number.MAX_SAFE_INTEGER, bad } = limits;
  return {
    type: 'integer',
    min,
    max,
    read(word) {
      const number = wholeNumber(word.text);
      if (number === undefined || number < min || number > max) throw bad(shown(word.text));
      return (number === 0 ? 0 : number) as T; // -0 is 0
    },
  };
}

/** A decimal number, with or without a fraction, within limits. */
export function decimal(limits: { min: number; max?: number; bad: RefuseValue }): Kind<number> {
  const { min, max = Number.MAX_SAFE_INTEGER, bad } = limits;
  return {
    type: 'decimal',
    min,
    max,
    read(word) {
      const number = decimalNumber(withoutBlanks(word.text));
      if (number === undefined || number < min || number > max) throw bad(shown(word.text));
      return number;
    },
  };
}

/** A decimal number of seconds within limits, as milliseconds. */
export const seconds = (limits: Parameters<typeof decimal>[0]): Kind<number> =>
  mapped(decimal(limits), (number) => number * 1000);

/** The session expiry interval of a session that never expires [MQTT 5, 3.1.2.11.2]. */
export const NEVER_EXPIRES = 0xffff_ffff;

const EXPIRY_RANGE = `-x takes seconds from 0 to ${NEVER_EXPIRES - 1}, or -1 for no expiry.`;

/** `-x`: a number in the notation of C, or the sign for infinity; -1 and the sign mean never. */
export function sessionExpiry(): Kind<number> {
  return {
    type: 'session expiry',
    min: -1,
    max: NEVER_EXPIRES,
    read(word) {
      if (word.text === '∞') return NEVER_EXPIRES;
      const parts = /^\s*([+-]?)(0x[\da-f]+|0[0-7]*|[1-9]\d*)$/i.exec(word.text);
      if (parts === null)
        throw usage('Error: session-expiry-interval not a number.', { blankLines: 2 }).hinting(EXPIRY_RANGE);
      const digits = parts[2]!;
      const size = /^0[0-7]/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
      const number = parts[1] === '-' ? -size : size;
      if (number < -1 || number > NEVER_EXPIRES)
        throw usage('Error: session-expiry-interval out of range.', { blankLines: 2 }).hinting(EXPIRY_RANGE);
      return number === -1 ? NEVER_EXPIRES : Math.abs(number);
    },
  };
}

/** A factor to the recorded speed; `max` gives undefined. */
export function speed(bad: RefuseValue): Kind<number | undefined> {
  const times = decimal({ min: 0, bad });
  return {
    type: 'decimal',
    read(word, option) {
      if (word.text === 'max') return undefined;
      const number = times.read(word, option);
      if (number === 0) throw bad(shown(word.text));
      return number;
    },
  };
}

/** First words, then the numbers that may replace them. */
const list = (words: readonly string[]): string =>
  [...words.filter((word) => !/^\d/.test(word)), ...words.filter((word) => /^\d/.test(word))]
    .join(', ')
    .replace(/, ([^,]+)$/, ' or $1');

/** One of a few words; the value is the word. */
export const oneOf = <const T extends string>(words: readonly T[], bad: RefuseValue): Kind<T> =>
  choice(Object.fromEntries(words.map((word) => [word, word])) as Record<T, T>, bad);

/** One of a few words, in the exact spelling. */
export function choice<T>(values: Readonly<Record<string, T>>, bad: RefuseValue): Kind<T> {
  const words = new Map(Object.entries(values));
  return {
    type: 'choice',
    choices: [...words.keys()],
    read(word) {
      if (!words.has(word.text)) throw bad(shown(word.text)).hinting(`Use ${list([...words.keys()])}.`);
      return words.get(word.text) as T;
    },
  };
}

const malformed = (word: Word, option: string): Complaint =>
  usage(`Error: Malformed UTF-8 in ${option} argument.`, { blankLines: 2 }).hinting(textFault(word));

/** Text in UTF-8. `plain` also rejects control characters, as Mosquitto does for text in a packet. */
export function text(
  rules: { plain?: boolean; notEmpty?: boolean; maxBytes?: number; bad?: (word: Word) => Complaint } = {},
): Kind<string> {
  return {
    type: 'text',
    read(word, option) {
      const tooLong = rules.maxBytes !== undefined && word.bytes.length > rules.maxBytes;
      const missing = rules.notEmpty === true && word.text === '';
      if (!word.wellFormed || tooLong || missing || (rules.plain === true && !isPlainText(word.text))) {
        throw (
          rules.bad?.(word) ??
          (tooLong
            ? usage(`Error: The value of ${option} is too long.`, { blankLines: 2 }).hinting(
                `It has ${word.bytes.length} bytes; the limit is ${rules.maxBytes}.`,
              )
            : malformed(word, option))
        );
      }
      return word.text;
    },
  };
}

/** Any bytes. */
export function bytes(maxBytes = Number.POSITIVE_INFINITY): Kind<Uint8Array> {
  return {
    type: 'bytes',
    max: maxBytes,
    read(word, option) {
      if (word.bytes.length > maxBytes)
        throw usage(`Error: The value of ${option} is longer than ${maxBytes} bytes.`, { blankLines: 2 });
      return word.bytes;
    },
  };
}

/** Any bytes, at least one. */
export function delimiter(): Kind<Uint8Array> {
  return {
    type: 'bytes',
    read(word, option) {
      if (word.bytes.length === 0) throw usage(`Error: ${option} argument must not be empty.`, { blankLines: 2 });
      return word.bytes;
    },
  };
}

/** Strings and binary data in packets have a length field of two bytes [MQTT 5, 1.5.4, 1.5.6]. */
export const MAX_FIELD_BYTES = 65_535;

export function userName(): Kind<string> {
  const bad = (word: Word) =>
    runtimeError('Error: Problem setting username and/or password.').hinting(
      textFault(word) ?? `The user name is longer than ${MAX_FIELD_BYTES} bytes.`,
    );
  return text({ plain: true, maxBytes: MAX_FIELD_BYTES, bad });
}

/** The bytes of a password. */
export const password = (): Kind<Uint8Array> => bytes(MAX_FIELD_BYTES);

/** The path of a file with a password. */
export function passwordPath(): Kind<string> {
  const path = text();
  return {
    ...path,
    read(word, option) {
      if (word.text === '-')
        throw usage('Error: --password-file - is not a file: use /dev/stdin for standard input, or ./- for a file.');
      return path.read(word, option);
    },
  };
}

/** Mosquitto's text check ends here, one byte after the longest topic, so such a topic gets the other message. */
const MAX_CHECKED_BYTES = 65_536;

/** Why a topic is invalid, when it is not for its wildcards, which Mosquitto's message names. */
function topicFault({ text, bytes }: Word): string | undefined {
  if (text === '') return 'The topic is empty.';
  if (bytes.length > MAX_FIELD_BYTES) return `The topic is longer than ${MAX_FIELD_BYTES} bytes.`;
  return tooDeep(text) ? 'The topic has more than 200 slashes.' : undefined;
}

function topicText(word: Word, option: string): string {
  if (!word.wellFormed || !isPlainText(word.text) || word.bytes.length > MAX_CHECKED_BYTES)
    throw malformed(word, option).hinting(textFault(word) ?? topicFault(word));
  return word.text;
}

/** A topic to publish to; `role` is its name in messages. */
export function topicName(role: 'publish' | 'response' | 'will'): Kind<string> {
  return {
    type: 'topic',
    read(word, option) {
      const topic = topicText(word, option);
      if (isTopicName(topic) && !tooDeep(topic)) return topic;
      throw usage(`Error: Invalid ${role} topic '${topic}', does it contain '+' or '#'?`).hinting(topicFault(word));
    },
  };
}

/** A topic filter; `role` is its name in messages. */
export function topicFilter(role: 'subscription' | 'filter' | 'unsubscribe'): Kind<string> {
  return {
    type: 'filter',
    read(word, option) {
      const filter = topicText(word, option);
      if (isTopicFilter(filter) && !tooDeep(filter)) return filter;
      throw usage(`Error: Invalid ${role} topic '${filter}', are all '+' and '#' wildcards correct?`).hinting(
        topicFault(word),
      );
    },
  };
}

/** `-F`, read by the program's own reader. */
export function format(): Kind<CompiledFormat> {
  return {
    type: 'format',
    read(word, option, readFormat) {
      if (readFormat === undefined) throw new Error(`this program reads no ${option}`);
      return readFormat(word.bytes);
    },
  };
}
