// %j and %J: whatever is invisible is escaped, and the value is the same.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Properties } from '../../src/mqtt/properties.ts';
import { packet, rendered } from './render.ts';

const INVISIBLE = '\x7f\x85\xad\u061c\u200b\u200e\u202e\u2028\u2066\ufeff\ufffb\u{110bd}\u{1d173}\u{e0001}';
const ESCAPED =
  '\\u007f\\u0085\\u00ad\\u061c\\u200b\\u200e\\u202e\\u2028\\u2066\\ufeff\\ufffb\\ud804\\udcbd\\ud834\\udd73\\udb40\\udc01';

const unwanted = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const lineOf = (format: '%j' | '%J', of: ReturnType<typeof packet>, pretty = false): string =>
  rendered(format, of, { pretty }).stdout.toString();

describe('JSON has everything invisible escaped', () => {
  it('in the topic, in properties and in a payload', () => {
    const properties: Properties = [
      { name: 'content-type', value: INVISIBLE },
      { name: 'correlation-data', value: Buffer.from(INVISIBLE) },
      { name: 'user-property', value: [`k${INVISIBLE}`, `v${INVISIBLE}`] },
    ];
    const line = lineOf('%j', packet(INVISIBLE, { topic: `t${INVISIBLE}`, properties }));
    expect(line).not.toMatch(unwanted);
    expect(line.split(ESCAPED).length - 1).toBe(6);
    expect(JSON.parse(line)).toMatchObject({
      topic: `t${INVISIBLE}`,
      payload: INVISIBLE,
      properties: { 'content-type': INVISIBLE, 'user-properties': [{ [`k${INVISIBLE}`]: `v${INVISIBLE}` }] },
    });
  });

  it.each([
    ['compact', `{"a${INVISIBLE}":["${INVISIBLE}"]}`],
    ['with blanks', `{ "a${INVISIBLE}" : [ "${INVISIBLE}" ] }`],
    ['with escapes', `{"a${ESCAPED}":["${ESCAPED}"]}`],
    ['in ASCII only', '{"a\x7f":["\\u007f"]}'],
  ])('in a payload of JSON, %s', (_, payload) => {
    for (const pretty of [false, true]) {
      const line = lineOf('%J', packet(payload), pretty);
      expect(line.replace(/[\n\t]/g, '')).not.toMatch(unwanted);
      expect(JSON.parse(line).payload).toEqual(JSON.parse(payload));
    }
  });

  it('and what is not UTF-8 is in base64, whatever is invisible in it', () => {
    for (const text of ['{"a":"\xff\x7f"}', '{"a":"\xff\xe2\x80\xae"}', '["\xff"]']) {
      const payload = Buffer.from(text, 'latin1');
      for (const large of [
        payload,
        Buffer.concat([Buffer.from('['), payload, Buffer.from(`,"${'x'.repeat(70_000)}"]`)]),
      ]) {
        const parsed = JSON.parse(lineOf('%J', packet(large)));
        expect([parsed.payload, Buffer.from(parsed.payload_base64, 'base64').equals(large)]).toEqual([null, true]);
      }
    }
  });

  it('and nothing else: other text comes as it is', () => {
    const text = 'grüße/語/حرارة/🔒 25 °C – “x” €';
    expect(lineOf('%j', packet(text, { topic: text }))).toContain(`"topic":"${text}"`);
    expect(lineOf('%j', packet(text))).toContain(`"payload":"${text}"`);
    expect(lineOf('%J', packet(`{"a":"${text}"}`))).toContain(`"payload":{"a":"${text}"}`);
  });

  it('also where the pieces of a long payload meet', () => {
    for (const shift of [0, 1, 2, 3]) {
      const text = 'x'.repeat(shift) + '\u202e\u{e0041}°"\n'.repeat(40_000);
      for (const format of ['%j', '%J'] as const) {
        const line = lineOf(format, packet(format === '%j' ? text : JSON.stringify(text)));
        expect(unwanted.test(line)).toBe(false);
        expect(JSON.parse(line).payload === text).toBe(true);
      }
    }
  });

  it('whatever the text', () => {
    const text = fc.string({ unit: fc.oneof(fc.constantFrom(...INVISIBLE, '"', '\\', '\n', '°'), fc.string()) });
    fc.assert(
      fc.property(
        text.filter((value) => value !== ''),
        (value) => {
          const bytes = Buffer.from(value);
          for (const line of [lineOf('%j', packet(bytes)), lineOf('%J', packet(JSON.stringify(bytes.toString())))]) {
            expect(line).not.toMatch(unwanted);
            expect(JSON.parse(line).payload).toBe(bytes.toString());
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
