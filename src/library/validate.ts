/**
 * Whether MQTT can send the values that a program passes. The encoder throws a TypeError for other values, possibly
 * much later, when the program cannot catch it: after connecting, or when the window has room.
 */
import { Failure } from '../errors.ts';
import { type Properties, type PropertyPlace, type PropertyRow, propertyByName } from '../mqtt/properties.ts';
import { fault, MOST_FIELD_BYTES, mayRepeat, rangeOf, textFault } from '../mqtt/property-rules.ts';

const TEXT = `text of at most ${MOST_FIELD_BYTES} bytes, without U+0000`;
const BINARY = `a Uint8Array of at most ${MOST_FIELD_BYTES} bytes`;
const PAIR = `a pair of texts of at most ${MOST_FIELD_BYTES} bytes, without U+0000`;

export const invalid = (message: string): Failure => new Failure('invalid-input', { message });

/** `value` may be anything, because types do not bind a program in JavaScript. Throws a Failure. */
export function mustBeInteger(what: string, value: unknown, min: number, max: number): void {
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
    throw invalid(`${what} must be a whole number from ${min} to ${max}`);
}

/** `value`: a number of milliseconds, or Infinity. Throws a Failure. */
export function mustBeTime(what: string, value: unknown): void {
  if (!(typeof value === 'number' && value >= 0)) throw invalid(`${what} must be a number of milliseconds`);
}

export function mustBeText(what: string, value: unknown): void {
  if (textFault(value) !== undefined) throw invalid(`${what} must be ${TEXT}`);
}

export function mustBeBinary(what: string, value: unknown): void {
  if (!(value instanceof Uint8Array) || value.length > MOST_FIELD_BYTES) throw invalid(`${what} must be ${BINARY}`);
}

export function mustBeProperties(place: PropertyPlace, properties: Properties): void {
  const seen = new Set<string>();
  for (const { name, value } of properties) {
    const row = propertyByName(name);
    const about = `The property ${name} of ${place}`;
    const wrong = row === undefined ? 'place' : fault(row, place, value);
    if (wrong === 'sender') throw invalid(`${about} is set by the broker, not by a client`);
    if (row === undefined || wrong === 'place') throw invalid(`${place} has no property "${name}"`);
    if (seen.has(name) && !mayRepeat(row, place)) throw invalid(`${about} appears twice`);
    seen.add(name);
    if (wrong === 'topic') throw invalid(`${about} must be a topic without '+' and '#'`);
    if (wrong !== undefined) throw invalid(`${about} must be ${formOf(row)}`);
  }
}

function formOf(row: PropertyRow): string {
  const range = rangeOf(row);
  if (range !== undefined) return `a whole number from ${range.min} to ${range.max}`;
  return row.type === 'binary' ? BINARY : row.type === 'string' ? TEXT : PAIR;
}

/** The bytes to send. Throws a Failure. */
export function payloadBytes(topic: string, payload: unknown): Uint8Array {
  if (typeof payload !== 'string' && !(payload instanceof Uint8Array))
    throw invalid(`The payload for ${topic} must be a string or a Uint8Array`);
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}
