import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Steps } from '../../src/output/steps.ts';
import { OutputWriter } from '../../src/output/writer.ts';
import { settle } from '../support/virtual-clock.ts';
import { FakeSink } from './sink.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Puts each of the parts in a step of its own. */
function* inSteps(output: OutputWriter, parts: readonly Uint8Array[]): Steps {
  for (const part of parts) {
    output.bytes(part);
    yield;
  }
}

function rig(written: (mark: unknown) => void = () => {}, mostBytes?: number, pauses?: (() => void)[]) {
  const sink = new FakeSink();
  const log: string[] = [];
  const output: OutputWriter = new OutputWriter(
    sink,
    {
      written: (mark) => {
        log.push(`written ${mark}`);
        written(mark);
      },
      room: () => log.push('room'),
      broken: (errno) => log.push(`broken ${errno}`),
      ...(pauses && { pause: (goOn) => pauses.push(goOn) }),
    },
    mostBytes,
  );
  return { sink, log, output };
}

/** Everything that `put` puts, after `before` bytes. */
function putAfter(before: number, put: (output: OutputWriter) => void): string {
  const { sink, output } = rig();
  output.bytes(Buffer.alloc(before, '-'));
  put(output);
  output.flush();
  while (sink.isWriting) sink.finish();
  return sink.text.slice(before);
}

describe.each([0, 64 * KIB - 30, 64 * KIB - 3, 64 * KIB])('behind %i bytes', (before) => {
  it.each([
    [0, 1, '0'],
    [0, 6, '000000'],
    [9, 1, '9'],
    [10, 1, '10'],
    [99_999, 6, '099999'],
    [123_456, 6, '123456'],
    [1_000_000, 6, '1000000'],
    [268_435_455, 1, '268435455'],
    [2_147_483_647, 1, '2147483647'],
  ])('%i in at least %i digits is %s', (value, least, expected) => {
    expect(putAfter(before, (output) => output.digits(value, least))).toBe(expected);
  });

  it('bytes are others where the table has some', () => {
    const others: (Uint8Array | undefined)[] = Array.from({ length: 256 });
    others[0x62] = Buffer.from('[six!]');
    others[0xff] = Buffer.alloc(0);
    const value = Buffer.from('abcb\xff\x80b', 'latin1');
    expect(putAfter(before, (output) => output.mapped(value, others))).toBe('a[six!]c[six!]\x80[six!]');
  });
});

describe('what is put', () => {
  it('leaves as one write when flush() comes, not before, and one write at a time', () => {
    const { sink, output } = rig();
    output.text('topic');
    output.byte(0x20);
    output.bytes(Buffer.from('payload'));
    output.byte(0x0a);
    expect([output.pending, sink.isWriting]).toEqual([14, false]);
    output.flush();
    output.text('more');
    output.flush();
    output.flush();
    expect(sink.chunks).toHaveLength(1);
    sink.finish();
    expect(sink.text).toBe('topic payload\n');
    expect(sink.chunks).toHaveLength(2);
    sink.finish();
    expect(sink.text).toBe('topic payload\nmore');
    expect([output.pending, sink.isWriting]).toEqual([0, false]);
  });

  it('is not written when there is nothing', () => {
    const { sink, output } = rig();
    output.flush();
    output.bytes(Buffer.of());
    output.text('');
    output.flush();
    expect(sink.isWriting).toBe(false);
  });

  it('is copied when it is short, so that the chunk from the network is free', () => {
    const { sink, output } = rig();
    const short = Buffer.from('short');
    const middle = Buffer.alloc(1000, 'm');
    const block = Buffer.alloc(64 * KIB, 'b');
    output.bytes(short);
    output.bytes(middle);
    output.bytes(block);
    for (const value of [short, middle, block]) value.fill('!');
    output.flush();
    sink.finishAll();
    expect(sink.text).toBe(`short${'m'.repeat(1000)}${'b'.repeat(64 * KIB)}`);
  });

  it('is handed on as it is when it is longer than a block', () => {
    const { sink, output } = rig();
    const long = Buffer.alloc(64 * KIB + 1, 'x');
    output.text('before');
    output.bytes(long);
    output.text('after');
    output.flush();
    sink.finishAll();
    const pieces = sink.chunks.slice(1, -1);
    expect(pieces.every((piece) => piece.buffer === long.buffer)).toBe(true);
    expect(Buffer.concat(pieces).equals(long)).toBe(true);
    expect(sink.text).toBe(`before${long}after`);
  });

  it('of text that is the same as before or another is right both times', () => {
    const { sink, output } = rig();
    for (const topic of ['a', 'a', '\u20ac', 'a', '']) output.text(topic);
    output.flush();
    sink.finishAll();
    expect(sink.text).toBe(Buffer.from('aa\u20aca').toString('latin1'));
  });

  it('keeps its order in any mixture of sizes, with the sink finishing at any time', () => {
    const size = fc.oneof(fc.nat(60), fc.integer({ min: 1000, max: 140_000 }));
    const step = fc.oneof(
      fc.record({ put: size }),
      fc.record({ byte: fc.integer({ min: 0, max: 255 }) }),
      fc.constant('flush' as const),
      fc.constant('finish' as const),
      fc.constant('mark' as const),
      fc.constant('turn' as const),
      fc.record({ later: fc.array(size, { maxLength: 4 }) }),
    );
    const most = fc.option(fc.integer({ min: 1, max: 200_000 }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), most, (steps, mostBytes) => {
        const pauses: (() => void)[] = [];
        const { sink, output, log } = rig(undefined, mostBytes, pauses);
        const expected: Buffer[] = [];
        let value = 0;
        let marks = 0;
        for (const what of steps) {
          if (what === 'flush') output.flush();
          else if (what === 'finish') {
            if (sink.isWriting) sink.finish();
          } else if (what === 'turn') pauses.shift()?.();
          else if (what === 'mark') output.mark(marks++);
          else if ('later' in what) {
            const parts = what.later.map((length) => Buffer.alloc(length, ++value));
            expected.push(...parts);
            output.later(inSteps(output, parts));
          } else if ('put' in what) {
            const bytes = Buffer.alloc(what.put, ++value);
            expected.push(bytes);
            output.bytes(bytes);
          } else {
            expected.push(Buffer.of(what.byte));
            output.byte(what.byte);
          }
        }
        output.flush();
        for (let i = 0; i < 2 * steps.length * 5; i++) {
          sink.finishAll();
          pauses.shift()?.();
        }
        expect(sink.text === Buffer.concat(expected).toString('latin1')).toBe(true);
        expect(output.pending).toBe(0);
        expect(log).toEqual(Array.from({ length: marks }, (_, i) => `written ${i}`));
      }),
      { numRuns: 150 },
    );
  });
});

describe('a value that is put in steps', () => {
  it('takes its next step after a pause, and when the step before is written', () => {
    const pauses: (() => void)[] = [];
    const { sink, output, log } = rig(undefined, undefined, pauses);
    output.text('before ');
    output.later(
      inSteps(
        output,
        ['one ', 'two '].map((text) => Buffer.from(text)),
      ),
    );
    output.text('behind');
    output.mark(1);
    output.flush();
    expect([sink.chunks.length, pauses.length]).toEqual([1, 0]);
    sink.finish();
    for (const written of ['before one ', 'before one two ']) {
      expect([sink.isWriting, pauses.length]).toEqual([false, 1]);
      pauses.shift()!();
      expect(sink.isWriting).toBe(true);
      sink.finish();
      expect([sink.text, log]).toEqual([written, []]);
    }
    pauses.shift()!();
    sink.finish();
    expect([sink.text, log, output.pending]).toEqual(['before one two behind', ['written 1'], 0]);
  });

  it('has its mark reported when all of it is written, even if nothing follows', () => {
    const pauses: (() => void)[] = [];
    const { sink, output, log } = rig(undefined, undefined, pauses);
    output.later(inSteps(output, [Buffer.from('x')]));
    output.mark(1);
    output.flush();
    pauses.shift()!();
    sink.finish();
    expect(log).toEqual([]);
    pauses.shift()!();
    expect(log).toEqual(['written 1']);
  });

  it('counts as more than fits, and as less with each part, until it is written', async () => {
    const pauses: (() => void)[] = [];
    const { sink, output, log } = rig(undefined, undefined, pauses);
    output.later(inSteps(output, [Buffer.alloc(200_000), Buffer.of(), Buffer.alloc(10)]));
    output.flush();
    const finished = output.finished().then(() => log.push('finished'));
    let before = output.untaken;
    expect(output.isFull).toBe(true);
    for (let turn = 0; turn < 3; turn++) {
      pauses.shift()!();
      sink.finishAll();
      expect(output.untaken).toBeLessThan(before);
      before = output.untaken;
      await settle();
      expect([output.isFull, log]).toEqual([true, []]);
    }
    pauses.shift()!();
    await finished;
    expect([output.isFull, output.pending, log]).toEqual([false, 0, ['room', 'finished']]);
  });

  it('takes no more steps when nothing can be written any more', async () => {
    const pauses: (() => void)[] = [];
    const { sink, output, log } = rig(undefined, undefined, pauses);
    output.text('x');
    output.later(inSteps(output, [Buffer.from('never')]));
    output.flush();
    sink.finish('EPIPE');
    output.flush();
    await output.finished();
    expect([pauses.length, sink.text, log]).toEqual([0, 'x', ['broken EPIPE']]);
  });
});

describe('a mark', () => {
  it('is reported only when everything before it is written, in order', () => {
    const { sink, output, log } = rig();
    output.text('one');
    output.mark(1);
    output.mark(2);
    output.flush();
    output.text('two');
    output.mark(3);
    expect(log).toEqual([]);
    sink.finish();
    expect(log).toEqual(['written 1', 'written 2']);
    sink.finish();
    expect(log).toEqual(['written 1', 'written 2', 'written 3']);
  });

  it('is reported when the writes before it are done, if a write has a limit of bytes', () => {
    const { sink, log, output } = rig(undefined, 10);
    for (const [i, text] of ['123456', '789', '0123', '4567890'].entries()) {
      output.text(text);
      output.mark(i);
    }
    output.flush();
    expect([sink.chunks.at(-1)?.length, log]).toEqual([10, []]);
    sink.finish();
    expect([sink.chunks.at(-1)?.length, log]).toEqual([10, ['written 0', 'written 1']]);
    output.text('more');
    sink.finish();
    expect(log).toEqual(['written 0', 'written 1', 'written 2', 'written 3']);
    sink.finishAll();
    expect(sink.text).toBe('12345678901234567890more');
  });

  it('after a value of many chunks waits for the last of them', () => {
    const { sink, output, log } = rig();
    output.text('head');
    output.bytes(Buffer.alloc(100 * KIB));
    output.text('tail');
    output.mark('end');
    output.flush();
    sink.finish();
    sink.finish();
    expect(log).toEqual([]);
    sink.finish();
    expect(log).toEqual(['written end']);
  });

  it('with nothing before it is reported at the next flush', () => {
    const { output, log } = rig();
    output.mark('nothing');
    expect(log).toEqual([]);
    output.flush();
    expect(log).toEqual(['written nothing']);
  });

  it('with nothing of its own still waits for what was put before it', () => {
    const { sink, output, log } = rig();
    output.text('x');
    output.flush();
    output.mark('empty');
    output.flush();
    expect(log).toEqual([]);
    sink.finish();
    expect(log).toEqual(['written empty']);
  });

  it('may have more put and flushed when it is reported', () => {
    let left = 3;
    const { sink, output, log } = rig(() => {
      if (left-- === 0) return;
      output.text(String(left));
      output.mark(left);
      output.flush();
    });
    output.text('a');
    output.mark('a');
    output.flush();
    sink.finishAll();
    expect(sink.text).toBe('a210');
    expect(log).toEqual(['written a', 'written 2', 'written 1', 'written 0']);
  });
});

describe('isFull', () => {
  it('turns true above 1 MiB and stays so until less than 256 KiB wait; then room() is called once', () => {
    const { sink, output, log } = rig();
    const chunk = Buffer.alloc(128 * KIB);
    for (let i = 0; i < 8; i++) output.bytes(chunk);
    expect([output.pending, output.isFull]).toEqual([MIB, false]);
    output.byte(1);
    expect(output.isFull).toBe(true);
    output.flush();
    const states: (number | string | boolean)[] = [];
    while (sink.isWriting) {
      sink.finish();
      states.push(output.pending, output.isFull, ...log.splice(0));
    }
    const left = (chunks: number): number => chunks * 128 * KIB + 1;
    expect(states).toEqual([
      ...[left(7), true, left(6), true, left(5), true, left(4), true, left(3), true, left(2), true],
      ...[left(1), false, 'room', 1, false, 0, false],
    ]);
  });

  it('that was never asked calls no room()', () => {
    const { sink, output, log } = rig();
    output.bytes(Buffer.alloc(2 * MIB));
    output.flush();
    sink.finishAll();
    expect(log).toEqual([]);
  });

  it('can come again', () => {
    const { sink, output, log } = rig();
    for (let round = 0; round < 3; round++) {
      output.bytes(Buffer.alloc(2 * MIB));
      expect(output.isFull).toBe(true);
      output.flush();
      sink.finishAll();
    }
    expect(log).toEqual(['room', 'room', 'room']);
  });
});

describe('a sink that breaks', () => {
  it('is reported once; the marks that were not written are never reported', async () => {
    const { sink, output, log } = rig();
    output.text('a');
    output.mark('a');
    output.flush();
    sink.finish();
    output.text('b');
    output.mark('b');
    output.flush();
    sink.finish('EPIPE');
    output.text('c');
    output.mark('c');
    output.flush();
    await output.finished();
    expect(log).toEqual(['written a', 'broken EPIPE']);
    expect([output.isBroken, sink.isWriting, sink.chunks.length]).toEqual([true, false, 2]);
  });

  it('has everything that comes later dropped: it does not pile up', () => {
    const { sink, output } = rig();
    output.text('a');
    output.flush();
    sink.finish('ENOSPC');
    const { pending } = output;
    for (let i = 0; i < 100; i++) {
      output.bytes(Buffer.alloc(MIB));
      output.text('x');
      output.byte(1);
      output.flush();
    }
    expect(output.pending).toBe(pending);
    expect(output.isFull).toBe(false);
  });
});

describe('finished()', () => {
  it('resolves at once when nothing is left', async () => {
    await rig().output.finished();
  });

  it('flushes, and resolves when everything is written', async () => {
    const { sink, output } = rig();
    let isFinished = false;
    output.text('a');
    output.bytes(Buffer.alloc(100 * KIB));
    const finished = Promise.all([output.finished(), output.finished()]).then(() => {
      isFinished = true;
    });
    expect(sink.isWriting).toBe(true);
    sink.finish();
    await settle();
    expect(isFinished).toBe(false);
    sink.finish();
    await finished;
  });

  it('resolves when the sink breaks', async () => {
    const { sink, output } = rig();
    output.text('a');
    const finished = output.finished();
    sink.finish('EIO');
    await finished;
  });
});
