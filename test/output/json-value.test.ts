/**
 * JSON in, the same JSON out: what cJSON takes is taken, and the result is always valid.
 * Covers src/output/json-characters.ts, src/output/json-number.ts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMPACT, PRETTY } from '../../src/output/json-layout.ts';
import { isJson, isJsonInSteps, putJsonInSteps } from '../../src/output/json-value.ts';
import { formatJsonNumber } from '../../src/output/number.ts';
import { STEP_BYTES } from '../../src/output/steps.ts';
import { gather, rewritten } from './render.ts';

const compact = (text: string): string | undefined => rewritten(text, COMPACT);
const pretty = (text: string): string | undefined => rewritten(text, PRETTY);

describe('JSON that is read and written again', () => {
  // As mosquitto_sub 2.0.11 with cJSON 1.7.15 prints them.
  it.each([
    ['true', 'true'],
    ['false', 'false'],
    ['null', 'null'],
    ['1.50', '1.5'],
    ['01', '1'],
    ['1.', '1'],
    ['-.5', '-0.5'],
    ['-00', '-0'],
    ['1E5', '100000'],
    ['1e+5', '100000'],
    ['1e400', 'null'],
    ['[1e400]', '[null]'],
    ['"a\x01b"', '"a\\u0001b"'],
    ['"a\nb"', '"a\\nb"'],
    ['"\\u00e9\\/\\"\\\\\\b\\f\\n\\r\\t"', '"é/\\"\\\\\\b\\f\\n\\r\\t"'],
    ['"\\ud83d\\ude00"', '"😀"'],
    ['"\x7f é \u2028"', '"\x7f é \u2028"'],
    ['\ufeff1', '1'],
    [' \t\r\n\x011 \x01', '1'],
    ['{}', '{}'],
    ['{ }', '{}'],
    ['[]', '[]'],
    ['[ ]', '[]'],
    ['{"a" : 1 , "a":2}', '{"a":1,"a":2}'],
    ['{"1":1,"0":2,"":3}', '{"1":1,"0":2,"":3}'],
    ['{"a":{},"b":[]}', '{"a":{},"b":[]}'],
    ['[1, [2, {"a": [3]}], "x\\u0041y\\u0042"]', '[1,[2,{"a":[3]}],"xAyB"]'],
  ])('%s becomes %s', (text, expected) => {
    expect(compact(text)).toBe(expected);
  });

  it('may be nested 1000 times, and not more', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(compact(nested(1000))).toBe(nested(1000));
    expect(compact(nested(1001))).toBeUndefined();
    for (const endless of ['['.repeat(100_000), '{"a":'.repeat(100_000)]) expect(compact(endless)).toBeUndefined();
  });

  it('may have numbers of any length', () => {
    expect(compact(`${'0'.repeat(70)}1`)).toBe('1');
    expect(compact('1'.repeat(70))).toBe('1.1111111111111112e+69');
  });

  it('keeps a NUL that is escaped, where the original ends the string', () => {
    expect(compact('"a\\u0000b"')).toBe('"a\\u0000b"');
  });

  it.each([
    '',
    '  ',
    '-',
    '1e',
    '1-2',
    '--1',
    '+1',
    '.5',
    '.',
    'e5',
    '-e5',
    '1..2',
    'NaN',
    'Infinity',
    '0x10',
    'nul',
    'nullx',
    'true false',
    '1\0',
    '\u00a01',
    '"abc',
    '"',
    '"\\',
    '"\\x"',
    '"\\u00"',
    '"\\u00zz"',
    '"\\ud83d"',
    '"\\ud83dx"',
    '"\\ud83d\\n"',
    '"\\ud83d\\u0041"',
    '"\\ude00"',
    '"a\0b"x',
    '[',
    '[1',
    '[1,',
    '[1,]',
    '[,1]',
    '[1 2]',
    ']',
    '{',
    '{"a"',
    '{"a"}',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    '{1:2}',
    '{a:1}',
    '}',
  ])('%s is refused', (text) => {
    expect(compact(text)).toBeUndefined();
    expect(pretty(text)).toBeUndefined();
  });

  it.each([
    ['{}', '{\n\t}'],
    ['[]', '[]'],
    ['[1,2,"x"]', '[1, 2, "x"]'],
    ['{"a":1}', '{\n\t\t"a":\t1\n\t}'],
    ['{ "a" : {} , "b" : [ ] }', '{\n\t\t"a":\t{\n\t\t},\n\t\t"b":\t[]\n\t}'],
    ['[{"a":1},{"b":2}]', '[{\n\t\t\t"a":\t1\n\t\t}, {\n\t\t\t"b":\t2\n\t\t}]'],
    ['[[{}]]', '[[{\n\t\t\t}]]'],
  ])('%s is indented', (text, expected) => {
    expect(pretty(text)).toBe(expected);
  });

  it('means the same for every JSON text', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 3 }), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const parsed: unknown = JSON.parse(text, (_key, inner: unknown) => (typeof inner === 'number' ? 1 : inner));
        for (const written of [compact(text), pretty(text)]) {
          expect(JSON.parse(written!, (_key, inner: unknown) => (typeof inner === 'number' ? 1 : inner))).toEqual(
            parsed,
          );
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('has each number as cJSON prints it, however it was written', () => {
    const digits = fc.stringMatching(/^\d{1,18}$/);
    const number = fc
      .tuple(fc.constantFrom('', '-'), digits, fc.option(digits), fc.constantFrom('', 'e0', 'E3', 'e-9'))
      .map(([sign, whole, fraction, power]) => sign + whole + (fraction === null ? '' : `.${fraction}`) + power);
    fc.assert(
      fc.property(number, (text) => {
        expect(compact(text)).toBe(formatJsonNumber(Number(text)));
        expect(compact(`[${text}]`)).toBe(`[${formatJsonNumber(Number(text))}]`);
      }),
      { numRuns: 2000 },
    );
  });

  it('is unchanged by being written once more', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const once = compact(text)!;
        fc.pre(!once.includes('e+308')); // the 15 digits may be more than the largest number; cJSON does not mind
        expect(compact(once)).toBe(once);
        expect(compact(pretty(text)!)).toBe(once);
      }),
      { numRuns: 1000 },
    );
  });

  it('is JSON or refused, whatever comes in', () => {
    const characters = [
      '"',
      '\\',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      ' ',
      'u',
      '0',
      '1',
      'e',
      '-',
      '.',
      'true',
      '"a"',
      '\0',
      'é',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...characters), { maxLength: 12 }), (parts) => {
        for (const written of [compact(parts.join('')), pretty(parts.join(''))]) {
          if (written !== undefined) JSON.parse(written);
        }
      }),
      { numRuns: 20_000 },
    );
  });

  it('is the same, step by step, wherever a step ends', () => {
    const value = (depth: number): string =>
      depth === 0
        ? `"\\u00e9\\/é\\n${'x'.repeat(1000)}", -01.50e1, [ ] , { } , \t "${'\\ud83d\\ude00'.repeat(99)}"`
        : `{ "a${depth}" : [ ${value(depth - 1)} , true ] ,\n "b" : {"c":null} } ${' '.repeat(900)}`;
    const text = `[${`${value(9)},`.repeat(150)}0]`;
    expect(text.length).toBeGreaterThan(3 * STEP_BYTES);
    const bytes = Buffer.from(text);
    for (const layout of [COMPACT, PRETTY]) {
      let steps = 0;
      const made = gather((output) => {
        for (const step = putJsonInSteps(output, bytes, layout, 1); !step.next().done; ) steps++;
      });
      expect(steps).toBeGreaterThan(2);
      expect(made.toString()).toBe(rewritten(text, layout));
      expect(JSON.parse(made.toString())).toEqual(JSON.parse(text.replaceAll('-01.50e1', '-15')));
    }
  });

  it('is the same in steps of a few bytes, whatever it is', () => {
    const characters = [
      '"',
      '\\',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      ' ',
      '\n',
      'u0041',
      '0',
      '1',
      '-',
      '.',
      'true',
      '"a"',
      'é',
    ];
    const made = fc.array(fc.constantFrom(...characters), { maxLength: 14 }).map((parts) => parts.join(''));
    const valid = fc.tuple(fc.jsonValue(), fc.nat(3)).map(([value, indent]) => JSON.stringify(value, null, indent));
    fc.assert(
      fc.property(fc.oneof(made, valid), fc.integer({ min: 1, max: 9 }), (text, bytes) => {
        const payload = Buffer.from(text);
        const check = isJsonInSteps(payload, bytes);
        let seen = check.next();
        while (!seen.done) seen = check.next();
        expect(seen.value).toBe(isJson(payload));
        if (!seen.value) return;
        for (const layout of [COMPACT, PRETTY]) {
          const put = gather((output) => {
            for (const steps = putJsonInSteps(output, payload, layout, 1, bytes); !steps.next().done; );
          });
          expect(put.toString()).toBe(rewritten(text, layout));
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('is refused or not, step by step, as at once', () => {
    const found = (text: string): boolean => {
      const steps = isJsonInSteps(Buffer.from(text));
      for (;;) {
        const { done, value } = steps.next();
        if (done) return value;
      }
    };
    const long = 'x'.repeat(2 * STEP_BYTES);
    const blank = ' '.repeat(2 * STEP_BYTES);
    for (const text of [
      `"${long}"`,
      `"${long}`,
      `[${blank}]`,
      `[${blank}`,
      `${blank}1${blank}`,
      `{"${long}"${blank}:1}`,
      long,
    ])
      expect(found(text), `${text.slice(0, 9)} ${text.length}`).toBe(isJson(Buffer.from(text)));
    expect(found(`"${long}"`)).toBe(true);
    expect(found(`"${long}`)).toBe(false);
  });

  it('is indented by 100 tabs at most, so that a short text does not become a huge one', () => {
    const nested = `${'{"a":'.repeat(900)}1${'}'.repeat(900)}`;
    const lines = pretty(nested)!.split('\n');
    expect(Math.max(...lines.map((line) => line.lastIndexOf('\t', line.indexOf('"'))))).toBeLessThan(101);
    expect(compact(pretty(nested)!)).toBe(nested);
    expect(pretty(nested)!.length).toBeLessThan(110 * 2 * 900);
  });
});
