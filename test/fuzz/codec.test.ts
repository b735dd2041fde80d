// Invariant: any bytes give packets or one PacketError, never another error; and they give the same whole, byte by byte and in any chunks.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketError } from '../../src/mqtt/packet-error.ts';
import { cuts, packet, type VERSIONS, version } from '../mqtt/arbitraries.ts';
import { decode, encode } from '../mqtt/wire.ts';
import { SECONDS, SEED, TIMEOUT } from './budget.ts';

/** Packets above this are refused, so that no header makes the framer ask for a quarter of a gigabyte. */
const LIMIT = 4096;

console.log(`fuzz/codec: FUZZ_SEED=${SEED} FUZZ_SECONDS=${SECONDS}`);

function check(wire: Buffer, protocol: (typeof VERSIONS)[number], sizes: readonly number[]): void {
  const whole = decode(wire, protocol, [wire.length], LIMIT);
  if (whole.error !== undefined && !(whole.error instanceof PacketError)) throw whole.error;
  const told = outcome(whole);
  for (const cut of [[1], sizes]) expect(outcome(decode(wire, protocol, cut, LIMIT))).toEqual(told);
}

function outcome({ packets, error }: ReturnType<typeof decode>): unknown {
  return { packets, error: error instanceof PacketError ? [error.kind, error.code, error.message] : error };
}

function run<T>(property: fc.IRawProperty<T>, share: number): void {
  fc.assert(property, {
    seed: SEED,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: SECONDS * 1000 * share,
    markInterruptAsFailure: false,
  });
}

/** Random bytes hardly ever get past the first header, so bytes that look like packets are made too. */
const frame = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 60 }))
  .map(([header, body]) => Buffer.concat([Buffer.from([header, body.length]), body]));

type Change =
  | { readonly do: 'set' | 'insert'; readonly at: number; readonly byte: number }
  | { readonly do: 'flip'; readonly at: number; readonly bit: number }
  | { readonly do: 'delete' | 'cut'; readonly at: number }
  | { readonly do: 'repeat'; readonly at: number; readonly count: number };

const at = fc.nat({ max: 200 });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    do: fc.constantFrom('set', 'insert'),
    at,
    byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)),
  }),
  fc.record({ do: fc.constant('flip'), at, bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ do: fc.constantFrom('delete', 'cut'), at }),
  fc.record({ do: fc.constant('repeat'), at, count: fc.integer({ min: 1, max: 20 }) }),
);

function apply(wire: Buffer, entry: Change): Buffer {
  if (wire.length === 0) return wire;
  const i = entry.at % wire.length;
  const [before, after] = [wire.subarray(0, i), wire.subarray(i)];
  switch (entry.do) {
    case 'set':
      return Buffer.concat([before, Buffer.from([entry.byte]), after.subarray(1)]);
    case 'insert':
      return Buffer.concat([before, Buffer.from([entry.byte]), after]);
    case 'flip':
      return Buffer.concat([before, Buffer.from([after[0]! ^ (1 << entry.bit)]), after.subarray(1)]);
    case 'delete':
      return Buffer.concat([before, after.subarray(1)]);
    case 'cut':
      return Buffer.from(before);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, entry.count), after]);
  }
}

/** A change behind the first two bytes, with the remaining length set right again, so that the body is what is tried. */
function reframed(wire: Buffer, entry: Change): Buffer {
  if (wire.length < 3 || wire[1]! > 0x7f) return apply(wire, entry);
  const body = apply(Buffer.from(wire.subarray(2)), entry);
  return body.length > 0x7f ? wire : Buffer.concat([wire.subarray(0, 1), Buffer.from([body.length]), body]);
}

describe('the codec keeps its invariant', { timeout: TIMEOUT }, () => {
  it('for any bytes', () => {
    run(
      fc.property(version, fc.uint8Array({ maxLength: 200 }), cuts, (protocol, data, sizes) => {
        check(Buffer.from(data), protocol, sizes);
      }),
      0.2,
    );
  });

  it('for any bodies behind any headers', () => {
    run(
      fc.property(version, fc.array(frame, { maxLength: 4 }), cuts, (protocol, frames, sizes) => {
        check(Buffer.concat(frames), protocol, sizes);
      }),
      0.3,
    );
  });

  it('for valid packets that were changed in a few places', () => {
    const changed = version.chain((protocol) =>
      fc.tuple(
        fc.constant(protocol),
        fc.array(packet(protocol), { minLength: 1, maxLength: 3 }),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
      ),
    );
    run(
      fc.property(changed, cuts, ([protocol, packets, changes, reframe], sizes) => {
        const wires = packets.map((entry) => encode(entry, protocol));
        const first = changes.reduce(reframe ? reframed : apply, wires[0]!);
        check(Buffer.concat([first, ...wires.slice(1)]), protocol, sizes);
      }),
      0.5,
    );
  });
});
