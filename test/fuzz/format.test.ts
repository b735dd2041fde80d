// Invariant: any format is refused with a FormatError or prints any message, the same each time; %j is always one line of JSON.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Property } from '../../src/mqtt/properties.ts';
import { compileFormat, FormatError } from '../../src/output/compile.ts';
import { packet, rendered } from '../output/render.ts';
import { announce, hold, TIMEOUT } from './budget.ts';

const { report } = announce('format');
afterAll(report);

const LETTERS = [...'%ACDEFIJLPRSTUXbdefhijlmnpqrstuvxz'];
const spec = fc
  .tuple(
    fc.constantFrom('', '-', '0'),
    fc.constantFrom('', '0', '1', '7', '40', '1000001', '99999999999'),
    fc.constantFrom('', '.', '.0', '.3', '.20', '.1000001'),
    fc.constantFrom('', '', ':', ' ', '-', '.'),
    fc.constantFrom(...LETTERS),
  )
  .map((parts) => `%${parts.join('')}`);
const piece = fc.oneof(
  { weight: 5, arbitrary: spec },
  { weight: 1, arbitrary: fc.constantFrom('%', '@', '@Y', '@N', '@s', '@Q', '\\', '\\n', '\\0', '\\q', ' ', 'ü') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
);
const format = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));

const text = fc.string({ unit: 'grapheme', maxLength: 10 });
const property: fc.Arbitrary<Property> = fc.oneof(
  text.map((it) => ({ name: 'content-type', value: it }) as const),
  text.map((it) => ({ name: 'response-topic', value: it }) as const),
  fc.tuple(text, text).map((pair) => ({ name: 'user-property', value: pair }) as const),
  fc.nat().map((it) => ({ name: 'message-expiry-interval', value: it }) as const),
  fc.uint8Array({ maxLength: 8 }).map((it) => ({ name: 'correlation-data', value: Buffer.from(it) }) as const),
);
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom('', '{"a":1}', '[1e400]', '"', '\0', '1.0', 'NaN').map((it) => Uint8Array.from(Buffer.from(it))),
  fc.constantFrom(4, 8).chain((size) => fc.uint8Array({ minLength: size, maxLength: size })),
);
const message = fc
  .tuple(payload, text, fc.constantFrom(0, 1, 2), fc.boolean(), fc.array(property, { maxLength: 4 }))
  .map(([bytes, topic, qos, retain, properties]) =>
    packet(Buffer.from(bytes), { topic, qos: qos as 0 | 1 | 2, retain, properties, packetId: qos === 0 ? 0 : 7 }),
  );

describe('printing keeps its invariant', { timeout: TIMEOUT }, () => {
  it('for any format and any message', () => {
    hold(0.6, fc.tuple(format, message, message, fc.boolean()), ([source, first, second, pretty]) => {
      try {
        compileFormat(source);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        expect(error.message).toMatch(/\S\.?$/);
        return;
      }
      const once = rendered(source, first, { pretty });
      rendered(source, second, { pretty });
      expect(rendered(source, first, { pretty })).toEqual(once);
      expect(once.stderr).toMatch(/^$|\n$/);
    });
  });

  it('for JSON', () => {
    hold(0.4, fc.tuple(message, fc.constantFrom('%j', '%J'), fc.boolean()), ([it, source, pretty]) => {
      const { stdout, stderr } = rendered(source, it, { pretty });
      // %J reports a payload that is not JSON, and prints none of it.
      if (stdout.length === 0 && source === '%J') return expect(stderr).toMatch(/\n$/);
      const told = JSON.parse(stdout.toString()) as { topic: string; qos: number };
      expect({ topic: told.topic, qos: told.qos }).toEqual({ topic: it.topic, qos: it.qos });
      if (!pretty) expect(stdout.includes('\n')).toBe(false);
    });
  });
});
