/** `-D COMMAND NAME VALUE` and `-D COMMAND user-property KEY VALUE`, checked against the table of properties. */
import {
  PROPERTIES,
  type Property,
  type PropertyPlace,
  type PropertyRow,
  type PropertyType,
  propertyByName,
} from '../../mqtt/properties.ts';
import { LARGEST, placeFault } from '../../mqtt/property-rules.ts';
import { nearest } from '../../util/nearest.ts';
import { isPlainText } from '../../util/utf8.ts';
import { type Complaint, usage } from '../complaint.ts';
import type { Word } from '../words/words.ts';
import { MAX_FIELD_BYTES, wholeNumber } from './kinds.ts';
import { textFault } from './text-fault.ts';

/** The packets that `-D` can add properties to. */
export const PROPERTY_TARGETS = ['connect', 'publish', 'subscribe', 'unsubscribe', 'disconnect', 'will'] as const;
export type PropertyTarget = (typeof PROPERTY_TARGETS)[number];

/** What `-D` needs. */
const FORM = 'Write -D COMMAND NAME VALUE, or -D COMMAND user-property NAME VALUE.';
const TOO_FEW_WORDS = 'Error: --property argument given but not enough arguments specified.';

/** Every packet with properties: the valid names for COMMAND, including those that a client cannot use. */
const COMMANDS: readonly PropertyPlace[] = [
  ...PROPERTY_TARGETS,
  ...(['auth', 'connack', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'suback', 'unsuback'] as const),
];

/** The number of each type in the `Error adding property` messages. */
const TYPE_NUMBERS: Readonly<Record<PropertyType, number>> = {
  byte: 1,
  u16: 2,
  u32: 3,
  varint: 4,
  binary: 5,
  string: 6,
  pair: 7,
};

/** The largest number of a type. A varint above 28 bits is detected later, with its own message. */
const LIMITS = { ...LARGEST, varint: LARGEST.u32 };

/** Number of words after `-D`, by the second of them. */
export function propertyWords(name: string | undefined): 3 | 4 {
  return name !== undefined && propertyByName(name.toLowerCase())?.type === 'pair' ? 4 : 3;
}

/** Returns the property, its packet, and how many words belong to it. Throws a Complaint. */
export function readProperty(words: readonly Word[]): { target: PropertyTarget; property: Property; used: number } {
  const [command, name, first, second] = words;
  if (command === undefined || name === undefined || first === undefined)
    throw usage(TOO_FEW_WORDS, { blankLines: 2 }).hinting(FORM);
  const place = COMMANDS.find((known) => known === command.text.toLowerCase());
  if (place === undefined) {
    throw usage(`Error: Invalid command ${command.text} given in --property argument.`, { blankLines: 2 }).hinting(
      `COMMAND is one of ${PROPERTY_TARGETS.join(', ')}.`,
    );
  }
  const row = propertyByName(name.text.toLowerCase());
  if (row === undefined) {
    const known = PROPERTIES.filter((one) => targetsOf(one).some((target) => target === place)).map((one) => one.name);
    const meant = nearest(name.text, known);
    throw usage(`Error: Invalid property name ${name.text} given in --property argument.`, { blankLines: 2 }).hinting(
      meant !== undefined
        ? `The closest property is ${meant}.`
        : known.length > 0
          ? `${place} takes ${known.join(', ')}.`
          : undefined,
    );
  }
  if (row.type === 'pair' && second === undefined) throw usage(TOO_FEW_WORDS, { blankLines: 2 }).hinting(FORM);
  const target = allowedTarget(row, place, (verdict) =>
    usage(`Error: ${name.text} property not ${verdict} for ${command.text} in --property argument.`, { blankLines: 2 }),
  );
  // Messages show the name as typed, as in the Mosquitto clients.
  const typed: TypedProperty = { name: name.text, type: row.type };
  const value = row.type === 'pair' ? [readText(typed, first), readText(typed, second!)] : readValue(typed, first);
  return { target, property: { name: row.name, value } as Property, used: row.type === 'pair' ? 4 : 3 };
}

function allowedTarget(
  row: PropertyRow,
  place: PropertyPlace,
  refuse: (verdict: 'allowed' | 'supported') => Complaint,
): PropertyTarget {
  if (!row.places.includes(place)) {
    const targets = targetsOf(row);
    throw refuse('allowed').hinting(targets.length === 0 ? undefined : `It belongs to ${targets.join(', ')}.`);
  }
  const target = targetsOf(row).find((known) => known === place);
  if (target === undefined) throw refuse('supported');
  return target;
}

/** The packets of a client that may carry it. Only a broker sends subscription identifiers in PUBLISH [MQTT-3.3.4-6]. */
export function targetsOf(row: PropertyRow): readonly PropertyTarget[] {
  return PROPERTY_TARGETS.filter((target) => placeFault(row, target) === undefined);
}

interface TypedProperty {
  readonly name: string;
  readonly type: PropertyType;
}

function readValue(row: TypedProperty, word: Word): string | number | Uint8Array {
  switch (row.type) {
    case 'byte':
    case 'u16':
    case 'u32':
    case 'varint':
      return readNumber(row, row.type, word);
    case 'binary':
      checkLength(row, word);
      return word.bytes;
    default:
      return readText(row, word);
  }
}

function readNumber(row: TypedProperty, type: keyof typeof LIMITS, word: Word): number {
  const number = wholeNumber(word.text);
  if (number === undefined || number < 0 || number > LIMITS[type]) {
    throw usage(`Error: Property value (${word.text}) out of range for property ${row.name}.`, {
      blankLines: 2,
    }).hinting(rangeHint(row, type));
  }
  if (type === 'varint' && number > LARGEST.varint) throw cannotAdd(row).hinting(rangeHint(row, type));
  return Math.abs(number);
}

function readText(row: TypedProperty, word: Word): string {
  checkLength(row, word);
  if (!word.wellFormed || !isPlainText(word.text)) throw cannotAdd(row).hinting(textFault(word));
  return word.text;
}

function checkLength(row: TypedProperty, word: Word): void {
  if (word.bytes.length > MAX_FIELD_BYTES)
    throw usage(`Error: Property value too long for property ${row.name}.`, { blankLines: 2 });
}

const rangeHint = ({ name }: TypedProperty, type: keyof typeof LIMITS): string =>
  `${name} takes a whole number from ${propertyByName(name.toLowerCase())?.min ?? 0} to ${propertyByName(name.toLowerCase())?.max ?? LARGEST[type]}.`;

const cannotAdd = (row: TypedProperty): Complaint =>
  usage(`Error adding property ${row.name} ${TYPE_NUMBERS[row.type]}`);
