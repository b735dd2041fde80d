/**
 * Covers src/mqtt/packets/publish.ts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PublishContent, Slices } from '../../../src/mqtt/packets/publish.ts';
import { content, Harness } from './harness.ts';

/** Payloads in one piece of memory, with a byte between them. */
function slicesOf(payloads: readonly Uint8Array[]): Slices {
  const bounds = new Uint32Array(payloads.length * 2);
  let at = 0;
  payloads.forEach((payload, i) => {
    bounds.set([at, at + payload.length], 2 * i);
    at += payload.length + 1;
  });
  const bytes = Buffer.concat(payloads.flatMap((payload) => [payload, Buffer.from('\n')]));
  return { bytes, bounds, count: payloads.length };
}

const letters = (...lengths: number[]): Uint8Array[] =>
  lengths.map((length, i) => Buffer.alloc(length, 0x61 + (i % 26)));

function oneByOne(h: Harness, message: PublishContent, payloads: readonly Uint8Array[]): string {
  for (const payload of payloads) h.session.publish({ ...message, payload });
  return h.out();
}

describe('slices', () => {
  it('leave as the same messages would one by one, also across blocks', () => {
    // Around the lengths of the remaining length, of what is copied by hand and of the blocks.
    const length = fc.oneof(fc.nat(130), fc.constantFrom(8180, 16_380, 32_000, 65_535));
    fc.assert(
      fc.property(
        fc.constantFrom<(3 | 4 | 5)[]>(3, 4, 5),
        fc.boolean(),
        fc.constantFrom('t', 'a/longer/topic', 'x'.repeat(200), 'grün'),
        fc.array(length, { maxLength: 40 }),
        (version, retain, topic, lengths) => {
          const [together, apart] = [new Harness({ version }).connect(), new Harness({ version }).connect()];
          const message = content(0, { topic, retain });
          const payloads = letters(...lengths);
          expect(together.session.publishSlices(message, slicesOf(payloads))).toBe(payloads.length);
          expect(together.out()).toBe(oneByOne(apart, message, payloads));
          // The counter of packet identifiers went on as well.
          for (const { session } of [together, apart]) session.publish(content(2));
          expect(together.out()).toBe(apart.out());
        },
      ),
    );
  });

  it('have no event', () => {
    const h = new Harness().connect();
    h.events();
    h.session.publishSlices(content(0), slicesOf(letters(1, 2)));
    expect(h.types()).toEqual([]);
    expect(h.session.hasWork).toBe(true);
  });

  it('stop at one that is too large for the server, and at one that is too long to be copied', () => {
    const limited = new Harness().connect('20 {00 00 {27 00000010}}');
    expect(limited.session.publishSlices(content(0), slicesOf(letters(3, 10, 11, 3)))).toBe(2);
    const h = new Harness().connect();
    expect(h.session.publishSlices(content(0), slicesOf(letters(3, 65_536, 3)))).toBe(1);
    expect(h.sent()).toEqual(['publish 0']);
  });

  const traced = (): Harness => new Harness({ trace: true }).connect();
  const waiting = (): Harness => {
    const h = new Harness({ maxInflight: 1 }).connect();
    h.session.publish(content(1));
    h.session.publish(content(1));
    h.out();
    return h;
  };
  it.each<[string, () => Harness, PublishContent]>([
    ['at QoS 1', () => new Harness().connect(), content(1)],
    [
      'with properties',
      () => new Harness().connect(),
      content(0, { properties: [{ name: 'content-type', value: 'a' }] }),
    ],
    [
      'retained where the server retains nothing',
      () => new Harness().connect('20 {00 00 {25 00}}'),
      content(0, { retain: true }),
    ],
    ['where every packet is reported', traced, content(0)],
    ['behind a message that waits', waiting, content(0)],
    ['without a connection', () => new Harness().connect().drop(), content(0)],
    ['before CONNACK', () => new Harness(), content(0)],
    [
      'after DISCONNECT',
      () => {
        const h = new Harness().connect();
        h.session.disconnect();
        h.out();
        return h;
      },
      content(0),
    ],
  ])('%s are left to publish()', (_, make, message) => {
    const h = make();
    h.out();
    expect(h.session.publishSlices(message, slicesOf(letters(1)))).toBe(0);
    h.expectOut('');
  });
});
