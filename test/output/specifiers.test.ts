/** What each letter prints, with and without the thing it is about. */
import { describe, expect, it } from 'vitest';
import { type Properties, property } from '../../src/mqtt/properties.ts';
import { SPECIFIERS, specifier } from '../../src/output/specifiers.ts';
import { packet, rendered, text } from './render.ts';

const PROPERTIES: Properties = [
  { name: 'content-type', value: 'text/plain' },
  { name: 'user-property', value: ['k', 'v'] },
  { name: 'user-property', value: ['', ''] },
  { name: 'response-topic', value: 'r/t' },
  { name: 'correlation-data', value: Buffer.from('c\0\xff', 'latin1') },
  { name: 'payload-format-indicator', value: 1 },
  { name: 'message-expiry-interval', value: 4_294_967_295 },
  { name: 'topic-alias', value: 65_535 },
  { name: 'subscription-identifier', value: 268_435_455 },
];

describe('the table', () => {
  it('has a row for each letter, and no letter twice', () => {
    expect(SPECIFIERS.map((row) => row.letter).join('')).toBe('%AbCdDEfFIjJlmpPqRrStUxX');
    expect(new Set(SPECIFIERS.map((row) => row.letter)).size).toBe(SPECIFIERS.length);
    for (const row of SPECIFIERS) expect(specifier(row.letter)).toBe(row);
    expect(specifier('Z')).toBeUndefined();
  });

  it('names what the original does not have', () => {
    expect(SPECIFIERS.filter((row) => row.isAddition).map((row) => row.letter)).toEqual(['b']);
  });
});

describe('a letter', () => {
  it.each([
    ['%%', '%'],
    ['%5%', '%'],
    ['%t', 'a/é'],
    ['%6t|', '  a/é|'],
    ['%-6t|', 'a/é  |'],
    ['%.2t', 'a/'],
    ['%p', 'hello'],
    ['%3p', 'hel'],
    ['%8p', '   hello'],
    ['%08p', '000hello'],
    ['%-8p|', 'hello   |'],
    ['%-p|', 'hello|'],
    ['%.2p', 'hello'],
    ['%l', '5'],
    ['%3l', '  5'],
    ['%03l', '005'],
    ['%-3l|', '5  |'],
    ['%.3l', '5'],
    ['%q', '2'],
    ['%5q', '2'],
    ['%r', '1'],
    ['%5r', '1'],
    ['%m', '65535'],
    ['%7m', '  65535'],
    ['%b', 'aGVsbG8='],
    ['%A', '65535'],
    ['%E', '4294967295'],
    ['%F', '1'],
    ['%3F', '  1'],
    ['%03F', '001'],
    ['%S', '268435455'],
    ['%C', 'text/plain'],
    ['%12C', '  text/plain'],
    ['%.4C', 'text'],
    ['%R', 'r/t'],
    ['%5R', '  r/t'],
    ['%P', 'k:v :'],
    ['%9P', 'k:v :'],
  ])('%s prints "%s"', (format, expected) => {
    const message = packet('hello', { topic: 'a/é', qos: 2, retain: true, packetId: 65_535, properties: PROPERTIES });
    expect(text(format, message)).toBe(expected);
  });

  it.each([
    ['%A|%5A|%05A|%-05A|', '|     |00000|00000|'],
    ['%E|%5E|%05E|%-05E|', '|     |00000|00000|'],
    ['%F|%5F|%05F|%-05F|', '|     |00000|00000|'],
    ['%S|%5S|%05S|%-05S|', '|     |00000|00000|'],
    ['%C|%5C|%05C|%-5C|%.2C|', '|     |     |     ||'],
    ['%R|%5R|%05R|', '|||'],
    ['%D|%5D|', '||'],
    ['%P|%5P|', '||'],
    ['%m|%p|%l|%x|', '0||0||'],
  ])('%s prints "%s" for a message without anything', (format, expected) => {
    expect(text(format, packet(''))).toBe(expected);
  });

  it('prints payload and correlation data as they are', () => {
    const payload = Buffer.from('a\0\xff\n', 'latin1');
    const message = packet(payload, { properties: PROPERTIES });
    expect(rendered('%p', message).stdout).toEqual(payload);
    expect(rendered('%D%5D', message).stdout).toEqual(Buffer.from('c\0\xffc\0\xff', 'latin1'));
    expect(property(PROPERTIES, 'correlation-data')).toHaveLength(3);
  });

  it('prints empty strings as empty, padded as any other', () => {
    const properties: Properties = [
      { name: 'content-type', value: '' },
      { name: 'response-topic', value: '' },
      { name: 'user-property', value: ['a', ''] },
    ];
    expect(text('%C|%5C|%R|%5R|%P|', packet('', { properties }))).toBe('|     ||     |a:|');
  });

  it('prints all of several subscription identifiers', () => {
    const properties: Properties = [
      { name: 'subscription-identifier', value: 1 },
      { name: 'subscription-identifier', value: 22 },
    ];
    expect(text('%S|%3S|', packet('', { properties }))).toBe('1 22|  1  22|');
  });
});

describe('%f and %d', () => {
  const float = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    return bytes;
  };
  const double = (value: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return bytes;
  };

  it.each([
    ['%f', '21.500000'],
    ['%.1f', '21.5'],
    ['%.0f', '22'],
    ['%.f', '22'],
    ['%8.2f', '   21.50'],
    ['%08.2f', '00021.50'],
    ['%-8.2f|', '21.50   |'],
  ])('%s of 21.5 is "%s"', (format, expected) => {
    expect(text(format, packet(float(21.5)))).toBe(expected);
    expect(text(format.replace('f', 'd'), packet(double(21.5)))).toBe(expected);
  });

  it('show what the number exactly is', () => {
    expect(text('%.12f', packet(float(0.1)))).toBe('0.100000001490');
    expect(text('%.20d', packet(double(0.1)))).toBe('0.10000000000000000555');
    expect(text('%07.2d', packet(double(-1.5)))).toBe('-001.50');
  });

  it.each([
    [Number.POSITIVE_INFINITY, '  inf'],
    [Number.NEGATIVE_INFINITY, ' -inf'],
    [Number.NaN, '  nan'],
  ])('put no zeros before %d', (value, expected) => {
    expect(text('%05f', packet(float(value)))).toBe(expected);
    expect(text('%05d', packet(double(value)))).toBe(expected);
  });

  it('show the sign of a NaN', () => {
    expect(text('%f', packet(Buffer.from('0000c0ff', 'hex')))).toBe('-nan');
  });

  it.each([
    ['%f', 'requested float printing, but non-float data received\n'],
    ['%d', 'requested double printing, but non-double data received\n'],
  ])('%s prints nothing for a payload of another length, and says why', (format, complaint) => {
    for (const payload of ['', 'abc', 'abcdefg']) {
      expect(rendered(`[${format}]`, packet(payload))).toEqual({ stdout: Buffer.from('[]'), stderr: complaint });
    }
  });
});
