/**
 * Covers src/output/json-bytes.ts, src/output/json-layout.ts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCompactJson } from '../../src/output/json-compact.ts';
import { COMPACT } from '../../src/output/json-layout.ts';
import { rewritten as rewrittenIn } from './render.ts';

const isCompact = (text: string): boolean => isCompactJson(Buffer.from(text));
const rewritten = (text: string): string | undefined => rewrittenIn(text, COMPACT);

describe('JSON in its final form', () => {
  it.each([
    '{"temperature":21.5}',
    '{}',
    '[]',
    '[[],{}]',
    '{"a":[1,-2,0.5,true,false,null,"é€😀"],"b":{"c":""}}',
    '0',
    '-1.25',
    '123456789012345',
    '"x"',
    'null',
  ])('is seen: %s', (text) => {
    expect(isCompact(text)).toBe(true);
    expect(rewritten(text)).toBe(text);
  });

  it.each([
    ...['', ' 1', '1 ', '[1, 2]', '{"a": 1}', '{ }', '[\n]', '"\\n"', '"\n"', '\ufeff1'],
    ...['01', '-0', '1.0', '1.', '.5', '-', '1e3', '1E3', '0.05', '0.0', '1234567890123456', '-.5', '+1', '1.5.5'],
    ...['[', ']', '{', '[1', '[1,', '[1,]', '[,1]', '{"a"}', '{"a":}', '{"a":1,}', '{a:1}', '{1:1}', '[1}', '{"a":1]'],
    ...['"', '"a', 'tru', 'truee', 'nul', '1,2', '{}{}', 'NaN', `${'['.repeat(33)}${']'.repeat(33)}`],
  ])('is not this: %j', (text) => {
    expect(isCompact(text)).toBe(false);
  });

  it('is what rewriting leaves unchanged, including every text declared compact', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '"a"',
        '"é"',
        '{"k":',
        '0',
        '1',
        '9',
        '.',
        '.5',
        '-',
        'e5',
        'true',
        'null',
        ' ',
      ],
    );
    let seen = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
          fc.json(),
        ),
        (text) => {
          if (!isCompact(text)) return;
          seen++;
          expect(rewritten(text)).toBe(text);
        },
      ),
      { numRuns: 5000 },
    );
    expect(seen).toBeGreaterThan(100);
  });

  it('has no number that is printed in another way', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^-?(0|[1-9]\d{0,16})(\.\d{1,17})?$/), (text) => {
        if (isCompact(text)) expect(rewritten(text)).toBe(text);
      }),
      { numRuns: 5000 },
    );
  });
});
