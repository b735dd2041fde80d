import { describe, expect, it } from 'vitest';
import { Progress } from '../../src/client/progress.ts';
import { FakeStream } from '../support/pair.ts';

const stream = (): FakeStream => new FakeStream({ data: () => {}, drain: () => {}, closed: () => {} });

describe('Progress', () => {
  it('sees none after few bytes, which have arrived when the limit begins', () => {
    const progress = new Progress();
    const s = stream();
    s.write(Buffer.alloc(100));
    progress.begin(s);
    expect(progress.hasMoved(s)).toBe(false);
  });

  it('sees none in a few bytes more, such as PINGREQ packets that a silent server does not answer', () => {
    const progress = new Progress();
    const s = stream();
    progress.begin(s);
    for (let round = 0; round < 100; round++) {
      s.write(Buffer.alloc(2));
      expect(progress.hasMoved(s)).toBe(false);
    }
  });

  it('sees none in a few bytes that a layer above the socket, such as TLS, has not passed on when the limit begins', () => {
    const progress = new Progress();
    const s = stream();
    progress.begin(s);
    s.buffered = 2;
    progress.begin(s);
    s.buffered = 0;
    s.write(Buffer.alloc(24));
    expect(progress.hasMoved(s)).toBe(false);
  });

  it('counts from the limit that began last, whatever few bytes went out before it', () => {
    const progress = new Progress();
    const s = stream();
    for (let limit = 0; limit < 100; limit++) {
      s.write(Buffer.alloc(1000));
      progress.begin(s);
    }
    expect(progress.hasMoved(s)).toBe(false);
  });

  it('sees many bytes that were written and arrived since the limit began', () => {
    const progress = new Progress();
    const s = stream();
    progress.begin(s);
    s.write(Buffer.alloc(1_000_000));
    s.got = 0;
    expect(progress.hasMoved(s)).toBe(false);
    s.got = 100_000;
    expect(progress.hasMoved(s)).toBe(true);
    expect(progress.hasMoved(s)).toBe(false);
  });

  it('sees many bytes move that were under way when the limit began, and that they stand still', () => {
    const progress = new Progress();
    const s = stream();
    s.write(Buffer.alloc(3_000_000));
    progress.begin(s);
    for (const [got, moved] of [
      [1_000_000, true],
      [1_000_001, true],
      [1_000_001, false],
      [3_000_000, true],
      [3_000_000, false],
      [3_000_002, false],
    ] as const) {
      s.got = got;
      expect(progress.hasMoved(s)).toBe(moved);
    }
  });

  it('starts over with each connection', () => {
    const progress = new Progress();
    const s = stream();
    s.write(Buffer.alloc(1_000_000));
    s.got = 500_000;
    expect(progress.hasMoved(s)).toBe(true);
    const nextProgress = new Progress();
    const next = stream();
    next.write(Buffer.alloc(200_000));
    expect(nextProgress.hasMoved(next)).toBe(true);
  });
});
