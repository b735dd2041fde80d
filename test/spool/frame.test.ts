import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FRAME_BYTES, HEADER, lastFrame, pieces } from '../../src/spool/frame.ts';

const PLACE = 7;

function file(bodies: readonly Uint8Array[]): Buffer {
  const parts: Buffer[] = [HEADER];
  let at: number = HEADER.length;
  for (const body of bodies) {
    const frame = encodeFrame(body, PLACE, at);
    parts.push(frame);
    at += frame.length;
  }
  return Buffer.concat(parts);
}

const read = (data: Buffer): ReturnType<typeof pieces> => pieces(data.subarray(HEADER.length), PLACE, HEADER.length);
const bodiesOf = (data: Buffer): string[] =>
  [...read(data)].map((piece) =>
    piece.kind === 'frame' ? piece.body.toString('hex') : piece.torn ? 'torn' : 'damage',
  );

describe('records', () => {
  it('come out as they went in, and the last one without the others', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (bodies) => {
        const data = file(bodies);
        expect(bodiesOf(data)).toEqual(bodies.map((body) => Buffer.from(body).toString('hex')));
        const last = lastFrame((at, length) => data.subarray(at, at + length), data.length, PLACE);
        expect(last?.body.toString('hex')).toBe(
          bodies.length === 0 ? undefined : Buffer.from(bodies.at(-1)!).toString('hex'),
        );
      }),
    );
  });

  it('of megabytes: the last one is found and checked piece by piece', () => {
    const body = Buffer.alloc(2_500_000, 'payload ');
    const data = file([Buffer.from('before'), body]);
    let longest = 0;
    const readAt = (at: number, length: number): Buffer => {
      longest = Math.max(longest, length);
      return data.subarray(at, at + length);
    };
    const last = lastFrame(readAt, data.length, PLACE);
    expect(last?.body.subarray(0, 100)).toEqual(body.subarray(0, 100));
    expect([last?.start, last?.end]).toEqual([[...read(data)][1]?.start, data.length]);
    expect(longest).toBeLessThan(1_100_000);
    for (const at of [
      last!.start,
      last!.start + 5,
      last!.start + 9,
      last!.start + 50,
      data.length - 1_200_000,
      data.length - 5,
    ]) {
      const bad = Buffer.from(data);
      bad[at]! ^= 1;
      expect(lastFrame((from, length) => bad.subarray(from, from + length), bad.length, PLACE)).toBeUndefined();
    }
    expect(lastFrame(readAt, data.length, PLACE + 1)).toBeUndefined();
  });

  it.each([10, 2 * 1024 * 1024])(
    'the last one, of %d bytes, cut by another process while it is read, is none',
    (length) => {
      const data = file([Buffer.alloc(length)]);
      for (const left of [0, 3, 4, 7, 8, 11, 12, 20]) {
        let calls = 0;
        const read = (from: number, count: number): Buffer => {
          const end = calls++ === 0 ? data.length : HEADER.length + left;
          return data.subarray(from, Math.max(from, Math.min(from + count, end)));
        };
        expect(lastFrame(read, data.length, PLACE), `${left} bytes left`).toBeUndefined();
      }
    },
  );

  it('cut at any byte: those before are whole, and the rest is torn', () => {
    const bodies = ['one', '', 'three'].map((text) => Buffer.from(text));
    const whole = file(bodies);
    const ends = [...read(whole)].map(({ end }) => end);
    for (let cut = HEADER.length; cut <= whole.length; cut++) {
      const count = ends.filter((end) => end <= cut).length;
      const torn = cut !== HEADER.length && !ends.includes(cut);
      expect(bodiesOf(whole.subarray(0, cut)), `cut at ${cut}`).toEqual([
        ...bodies.slice(0, count).map((body) => body.toString('hex')),
        ...(torn ? ['torn'] : []),
      ]);
    }
  });

  it('with any one byte changed: the other records are read', () => {
    const bodies = ['one', 'two', 'three', 'four'].map((text) => Buffer.from(text));
    const whole = file(bodies);
    const ends = [...read(whole)].map(({ end }) => end);
    for (let at: number = HEADER.length; at < whole.length; at++)
      for (const bit of [1, 0x80, 0xff]) {
        const data = Buffer.from(whole);
        data[at]! ^= bit;
        const hit = ends.findIndex((end) => at < end);
        const found = bodiesOf(data);
        expect(
          found.filter((text) => text !== 'damage'),
          `byte ${at}`,
        ).toEqual(bodies.filter((_, i) => i !== hit).map((body) => body.toString('hex')));
        expect(found.filter((text) => text === 'damage')).toHaveLength(1);
      }
  });

  it('inside of the payload of a damaged one are not taken for records', () => {
    const inner = encodeFrame(Buffer.from('inner'), PLACE, HEADER.length);
    const data = file([Buffer.concat([Buffer.from('outer'), inner]), Buffer.from('next')]);
    data[HEADER.length + 12]! ^= 1;
    expect(bodiesOf(data)).toEqual(['damage', Buffer.from('next').toString('hex')]);
  });

  it('of another file or another place are none', () => {
    const frame = encodeFrame(Buffer.from('x'), PLACE, HEADER.length);
    expect([...pieces(frame, PLACE + 1, HEADER.length)][0]).toMatchObject({ kind: 'damage', torn: false });
    expect([...pieces(frame, PLACE, HEADER.length + 1)][0]).toMatchObject({ kind: 'damage', torn: false });
    expect(frame.length).toBe(FRAME_BYTES + 1);
  });

  it('zeros at the end are what was never written', () => {
    expect(bodiesOf(Buffer.concat([file([Buffer.from('a')]), Buffer.alloc(100)]))).toEqual(['61', 'torn']);
  });
});
