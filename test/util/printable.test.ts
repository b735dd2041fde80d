// Text of others: nothing of it steers a terminal, hides, or changes how the text around it is shown.
import { describe, expect, it } from 'vitest';
import { escaped, printable } from '../../src/util/printable.ts';

describe('text of others', () => {
  it.each([
    ['plain text', 'factory/line 1/°C', 'factory/line 1/°C'],
    ['letters of all alphabets', 'gehäim/температура/温度/حرارة/तापमान', 'gehäim/температура/温度/حرارة/तापमान'],
    ['an emoji', 'a🔒b', 'a🔒b'],
    ['a backslash', 'a\\nb', 'a\\nb'],
    ['a terminal escape', '\x1b[31mred\x07', '\\u001b[31mred\\u0007'],
    ['a line end', 'no\r\nError: something else', 'no\\u000d\\u000aError: something else'],
    ['a C1 control', 'a\x9b31m', 'a\\u009b31m'],
    ['an override of the direction', 'a\u202egnp.exe', 'a\\u202egnp.exe'],
    ['an isolate', 'a\u2067b\u2069', 'a\\u2067b\\u2069'],
    ['characters without width', 'a\u200bb\u200cc\u200dd\u2060e\ufefff', 'a\\u200bb\\u200cc\\u200dd\\u2060e\\ufefff'],
    ['a soft hyphen', 'a\u00adb', 'a\\u00adb'],
    ['separators', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['tags', 'a\u{e0041}b', 'a\\udb40\\udc41b'],
    ['half of a pair', 'a\ud800b\udc00', 'a\\ud800b\\udc00'],
  ])('%s', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
    expect(escaped(text)).toBe(shown);
  });

  it('has every character escaped that Unicode calls control, format or separator of lines', () => {
    const wanted = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
    const wrong: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      const character = String.fromCodePoint(code);
      if (wanted.test(character) !== (escaped(character) !== character)) wrong.push(code.toString(16));
    }
    // Not assigned; it lies between two that are.
    expect(wrong).toEqual(['2065']);
  });

  it('is read by JSON as what it was', () => {
    const text = 'a\u202e\u{e0041}\x7f\u{1f512}"\\';
    expect(JSON.parse(escaped(JSON.stringify(text)))).toBe(text);
  });
});

describe('a line', () => {
  it.each([
    ['256 characters whole', 'x'.repeat(256), 'x'.repeat(256)],
    ['256 of two units whole', '🔒'.repeat(256), '🔒'.repeat(256)],
    ['one more not', 'x'.repeat(257), `${'x'.repeat(256)}… (1 more character)`],
    ['65,535 not', 'x'.repeat(65_535), `${'x'.repeat(256)}… (65279 more characters)`],
    ['no half of a pair', `${'x'.repeat(255)}🔒🔒`, `${'x'.repeat(255)}🔒… (1 more character)`],
  ])('has %s', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('is not cut where it is to be complete', () => {
    expect(escaped('x'.repeat(1000))).toBe('x'.repeat(1000));
  });
});
