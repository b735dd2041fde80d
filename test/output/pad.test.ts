/** Width and precision count bytes. */
import { describe, expect, it } from 'vitest';
import { padNumber, putAbsent, putPadding, putPayload, putString } from '../../src/output/pad.ts';
import type { Spec } from '../../src/output/renderer.ts';
import { gather } from './render.ts';

const spec = (more: Partial<Spec> = {}): Spec => ({
  left: false,
  zero: false,
  width: 0,
  precision: undefined,
  separator: undefined,
  ...more,
});

describe('padding', () => {
  it.each([0, 1, 255, 256, 257, 600])('is %i characters long when asked for', (count) => {
    expect(gather((output) => putPadding(output, count, false)).toString()).toBe(' '.repeat(count));
    expect(gather((output) => putPadding(output, count, true)).toString()).toBe('0'.repeat(count));
  });

  it('is nothing for a negative count', () => {
    expect(gather((output) => putPadding(output, -3, false))).toHaveLength(0);
  });

  it.each([
    [{}, ''],
    [{ width: 3 }, '   '],
    [{ width: 3, zero: true }, '000'],
    [{ width: 3, zero: true, left: true }, '000'],
  ])('stands for what is absent: %o', (form, expected) => {
    expect(gather((output) => putAbsent(output, spec(form))).toString()).toBe(expected);
  });
});

describe('a number', () => {
  it.each([
    ['42', {}, '42'],
    ['42', { width: 1 }, '42'],
    ['42', { width: 5 }, '   42'],
    ['42', { width: 5, zero: true }, '00042'],
    ['42', { width: 5, left: true }, '42   '],
    ['42', { width: 5, left: true, zero: true }, '42   '],
    ['-4.2', { width: 7, zero: true }, '-0004.2'],
    ['-4.2', { width: 7 }, '   -4.2'],
    ['42', { precision: 5 }, '42'],
  ])('%s with %o is "%s"', (text, form, expected) => {
    expect(padNumber(text, spec(form))).toBe(expected);
  });
});

describe('a string', () => {
  it.each([
    ['topic', {}, 'topic'],
    ['topic', { width: 7 }, '  topic'],
    ['topic', { width: 7, zero: true }, '  topic'],
    ['topic', { width: 7, left: true }, 'topic  '],
    ['topic', { width: 3 }, 'topic'],
    ['topic', { precision: 3 }, 'top'],
    ['topic', { precision: 0 }, ''],
    ['topic', { precision: 9 }, 'topic'],
    ['topic', { precision: 3, width: 5 }, '  top'],
    ['topic', { precision: 3, width: 5, left: true }, 'top  '],
    ['é', { width: 3 }, ' é'],
    ['', { width: 2 }, '  '],
  ])('%s with %o is "%s"', (text, form, expected) => {
    expect(gather((output) => putString(output, Buffer.from(text), spec(form))).toString()).toBe(expected);
  });

  it('may be cut within a character', () => {
    expect(gather((output) => putString(output, Buffer.from('é'), spec({ precision: 1 })))).toEqual(Buffer.of(0xc3));
  });
});

describe('a payload', () => {
  it.each([
    ['hello', {}, 'hello'],
    ['hello', { left: true }, 'hello'],
    ['hello', { width: 3 }, 'hel'],
    ['hello', { width: 3, left: true }, 'hel'],
    ['hello', { width: 7 }, '  hello'],
    ['hello', { width: 7, zero: true }, '00hello'],
    ['hello', { width: 7, left: true }, 'hello  '],
    ['hello', { width: 7, left: true, zero: true }, 'hello  '],
    ['hello', { precision: 2 }, 'hello'],
    ['', { width: 2 }, '  '],
  ])('%s with %o is "%s"', (text, form, expected) => {
    expect(gather((output) => putPayload(output, Buffer.from(text), spec(form))).toString()).toBe(expected);
  });
});
