import { describe, expect, it } from 'vitest';
import {
  PROPERTIES,
  type PropertyRow,
  property,
  propertyById,
  propertyByName,
  reasonString,
} from '../../src/mqtt/properties.ts';
import table from '../fixtures/properties.json' with { type: 'json' };

const TYPE_NAMES: Record<string, string> = {
  byte: 'byte',
  int16: 'u16',
  int32: 'u32',
  varint: 'varint',
  string: 'string',
  binary: 'binary',
  'string-pair': 'pair',
};
const HIGHEST: Record<string, number> = { byte: 0xff, u16: 0xffff, u32: 0xffffffff, varint: 268_435_455 };

describe('the properties are those of the standard [MQTT 5, 2.2.2.2]', () => {
  it('and no others', () => {
    expect(PROPERTIES.map((row) => row.id).sort((a, b) => a - b)).toEqual(table.map((row) => row.id));
  });

  it.each(table)('$id_hex $name', (given) => {
    const row: PropertyRow = propertyById(given.id)!;
    expect(row.name).toBe(given.name);
    expect(row.type).toBe(TYPE_NAMES[given.type]);
    expect([...row.places].sort()).toEqual(given.packets.map((place) => place.toLowerCase()).sort());
    const repeats = given.repeatable === true ? row.places : given.repeatable === false ? undefined : ['publish'];
    expect(row.repeats).toEqual(repeats);
    const range = /^(\d+) (?:or|to) (\d+)(?! bytes)/.exec(given.range);
    if (HIGHEST[row.type] !== undefined)
      expect([row.min ?? 0, row.max ?? HIGHEST[row.type]]).toEqual([Number(range![1]), Number(range![2])]);
    expect(row.topicName ?? false).toBe(given.range.startsWith('topic name'));
  });
});

describe('the table', () => {
  it('is found by identifier and by name', () => {
    for (const row of PROPERTIES as readonly PropertyRow[]) {
      expect(propertyById(row.id)).toBe(row);
      expect(propertyByName(row.name)).toBe(row);
    }
  });

  it('has no row for what does not exist', () => {
    for (const id of [0, 4, 0x7f, 128, 268_435_455]) expect(propertyById(id)).toBeUndefined();
    for (const name of ['', 'User-Property', 'constructor', '__proto__']) expect(propertyByName(name)).toBeUndefined();
  });
});

describe('property()', () => {
  it('gives the first value of that name, or undefined', () => {
    const properties = [
      { name: 'topic-alias', value: 3 },
      { name: 'user-property', value: ['a', '1'] },
      { name: 'user-property', value: ['a', '2'] },
    ] as const;
    expect(property(properties, 'user-property')).toEqual(['a', '1']);
    expect(property(properties, 'topic-alias')).toBe(3);
    expect(property(properties, 'content-type')).toBeUndefined();
    expect(property([], 'content-type')).toBeUndefined();
  });
});

it.each([
  ['not you', 'not you'],
  ['\u001b[31mred\u0007', '\\u001b[31mred\\u0007'],
  ['no\r\nError: something else', 'no\\u000d\\u000aError: something else'],
  ['\u202efdp\u2028exe\u009b', '\\u202efdp\\u2028exe\\u009b'],
  ['gehäim 🔒', 'gehäim 🔒'],
  [undefined, undefined],
])('the reason string %j is shown as %j', (value, reported) => {
  expect(reasonString(value === undefined ? [] : [{ name: 'reason-string', value }])).toBe(reported);
});
