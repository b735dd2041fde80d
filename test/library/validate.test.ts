/** What a program in JavaScript may hand in, whatever the types say. */
import { describe, expect, it } from 'vitest';
import {
  mustBeBinary,
  mustBeInteger,
  mustBeProperties,
  mustBeText,
  mustBeTime,
  payloadBytes,
} from '../../src/library/validate.ts';
import type { Properties, PropertyPlace } from '../../src/mqtt/properties.ts';

const LONG = 'x'.repeat(65_535);

/** The message of the Failure, or undefined. */
function complaintOf(check: () => unknown): string | undefined {
  try {
    check();
  } catch (error) {
    expect(error).toMatchObject({ name: 'Failure', kind: 'invalid-input' });
    return (error as Error).message;
  }
  return undefined;
}

const RULES = {
  integer: [(value: unknown) => mustBeInteger('It', value, 1, 5), 'It must be a whole number from 1 to 5'],
  time: [(value: unknown) => mustBeTime('It', value), 'It must be a number of milliseconds'],
  text: [(value: unknown) => mustBeText('It', value), 'It must be text of at most 65535 bytes, without U+0000'],
  binary: [(value: unknown) => mustBeBinary('It', value), 'It must be a Uint8Array of at most 65535 bytes'],
  payload: [(value: unknown) => payloadBytes('a/b', value), 'The payload for a/b must be a string or a Uint8Array'],
} as const;

describe.each<[keyof typeof RULES, good: readonly unknown[], bad: readonly unknown[]]>([
  ['integer', [1, 3, 5], [0, 6, 1.5, '3', Number.NaN, Number.POSITIVE_INFINITY, undefined, null, 3n]],
  ['time', [0, 0.5, 1e9, Number.POSITIVE_INFINITY], [-1, Number.NaN, '1', undefined, null]],
  ['text', ['', 'é', LONG, `${LONG.slice(2)}é`], ['a\0', `${LONG}x`, `${LONG.slice(1)}é`, '\ud800', 5, undefined]],
  [
    'binary',
    [new Uint8Array(0), Buffer.alloc(65_535)],
    [new Uint8Array(65_536), 'text', [1], new ArrayBuffer(1), null],
  ],
  ['payload', ['', 'x\0', new Uint8Array(70_000)], [undefined, null, 5, [1], new ArrayBuffer(1)]],
])('%s', (rule, good, bad) => {
  const [check, complaint] = RULES[rule];

  it.each(good.map((value) => [value]))('takes what it is: case %#', (value) => {
    expect(complaintOf(() => check(value))).toBeUndefined();
  });

  it.each(bad.map((value) => [value]))('refuses what it is not: case %#', (value) => {
    expect(complaintOf(() => check(value))).toBe(complaint);
  });
});

describe('the bytes of a payload', () => {
  it('are those of the text in UTF-8, or the very array', () => {
    expect(payloadBytes('t', 'é')).toEqual(Buffer.from('c3a9', 'hex'));
    const bytes = Uint8Array.of(1, 2);
    expect(payloadBytes('t', bytes)).toBe(bytes);
  });
});

describe('properties', () => {
  const PAIR = 'must be a pair of texts of at most 65535 bytes, without U+0000';

  it.each<[PropertyPlace, readonly (readonly [name: string, value: unknown])[]]>([
    ['publish', []],
    [
      'publish',
      [
        ['user-property', ['a', 'b']],
        ['user-property', ['', LONG]],
      ],
    ],
    [
      'publish',
      [
        ['payload-format-indicator', 1],
        ['message-expiry-interval', 0xffff_ffff],
        ['topic-alias', 1],
      ],
    ],
    [
      'publish',
      [
        ['content-type', ''],
        ['correlation-data', new Uint8Array(3)],
        ['response-topic', 'a/b'],
      ],
    ],
    ['subscribe', [['subscription-identifier', 0xfff_ffff]]],
    [
      'connect',
      [
        ['receive-maximum', 0xffff],
        ['maximum-packet-size', 0xffff_ffff],
        ['session-expiry-interval', 0],
      ],
    ],
    ['will', [['will-delay-interval', 0]]],
  ])('that %s can have are taken: case %#', (place, rows) => {
    const properties = rows.map(([name, value]) => ({ name, value })) as unknown as Properties;
    expect(complaintOf(() => mustBeProperties(place, properties))).toBeUndefined();
  });

  it.each<[string, PropertyPlace, readonly (readonly [name: string, value: unknown])[], string]>([
    ['without such a name', 'publish', [['colour', 1]], 'publish has no property "colour"'],
    ['of another packet', 'publish', [['receive-maximum', 1]], 'publish has no property "receive-maximum"'],
    [
      'that only servers set',
      'publish',
      [['subscription-identifier', 1]],
      'The property subscription-identifier of publish is set by the broker, not by a client',
    ],
    [
      'that appear twice',
      'publish',
      [
        ['content-type', 'a'],
        ['content-type', 'a'],
      ],
      'The property content-type of publish appears twice',
    ],
    [
      'that appear twice, of a packet that has one',
      'subscribe',
      [
        ['subscription-identifier', 1],
        ['subscription-identifier', 2],
      ],
      'The property subscription-identifier of subscribe appears twice',
    ],
    ...(
      [
        ['payload-format-indicator', 2, 'must be a whole number from 0 to 1'],
        ['topic-alias', 0, 'must be a whole number from 1 to 65535'],
        ['topic-alias', 65_536, 'must be a whole number from 1 to 65535'],
        ['message-expiry-interval', 2 ** 32, 'must be a whole number from 0 to 4294967295'],
        ['correlation-data', 'text', 'must be a Uint8Array of at most 65535 bytes'],
        ['content-type', new Uint8Array(1), 'must be text of at most 65535 bytes, without U+0000'],
        ['response-topic', 'a/+', "must be a topic without '+' and '#'"],
        ['response-topic', '', "must be a topic without '+' and '#'"],
        ['user-property', 'ab', PAIR],
        ['user-property', ['a'], PAIR],
        ['user-property', ['a', 'b', 'c'], PAIR],
        ['user-property', ['a', 5], PAIR],
        ['user-property', ['a\0', 'b'], PAIR],
      ] as const
    ).map(
      ([name, value, rule]) =>
        [`of the wrong kind, ${name}`, 'publish', [[name, value]], `The property ${name} of publish ${rule}`] as [
          string,
          PropertyPlace,
          [string, unknown][],
          string,
        ],
    ),
    [
      'that are too large',
      'subscribe',
      [['subscription-identifier', 2 ** 28]],
      'The property subscription-identifier of subscribe must be a whole number from 1 to 268435455',
    ],
    [
      'that are too small',
      'connect',
      [['maximum-packet-size', 0]],
      'The property maximum-packet-size of connect must be a whole number from 1 to 4294967295',
    ],
  ])('%s are refused: case %#', (_what, place, rows, complaint) => {
    const properties = rows.map(([name, value]) => ({ name, value })) as unknown as Properties;
    expect(complaintOf(() => mustBeProperties(place, properties))).toBe(complaint);
  });
});
