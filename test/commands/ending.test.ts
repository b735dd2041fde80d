// How long a program that ends waits for whoever reads its output, and for the server: one deadline for all of it.
import { describe, expect, it } from 'vitest';
import { Ending } from '../../src/commands/ending.ts';
import { OutputWriter } from '../../src/output/writer.ts';
import { FakeSink } from '../output/sink.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

class ToldSink extends FakeSink {
  left: number | undefined;
}

const NEVER = new Promise<void>(() => {});

function rig(length: number) {
  const sink = new ToldSink();
  const clock = new VirtualClock();
  const ending = new Ending(clock);
  const output = new OutputWriter(sink, { written: () => {}, room: () => {}, broken: () => {} });
  output.bytes(Buffer.alloc(length, 'x'));
  let isOver = false;
  const wait = (): void => {
    isOver = false;
    void ending.printed(output).then(() => {
      isOver = true;
    });
  };
  const later = async (time: number): Promise<boolean> => {
    await clock.run(clock.now() + time);
    return isOver;
  };
  return { sink, clock, ending, output, wait, later };
}

describe('printed()', () => {
  it('waits on while the reader takes parts of one long write', async () => {
    const { sink, wait, later } = rig(1000);
    sink.left = 1000;
    wait();
    for (let left = 999; left > 990; left--) {
      expect(await later(4999)).toBe(false);
      sink.left = left;
    }
    expect(await later(4999)).toBe(false);
    sink.left = undefined;
    sink.finish();
    expect(await later(0)).toBe(true);
  });

  it('gives up when nothing was taken for a while, and does not wait for the same again', async () => {
    const { sink, output, wait, later } = rig(1000);
    sink.left = 600;
    wait();
    // Once to see that a part is left, once more to see that it stays so.
    expect(await later(5000)).toBe(false);
    expect(await later(5000)).toBe(true);
    expect(output.pending).toBe(1000);
    wait();
    expect(await later(0)).toBe(true);
  });

  it('waits for what came after all before was printed', async () => {
    const { sink, output, wait, later } = rig(1000);
    wait();
    sink.finish();
    expect(await later(0)).toBe(true);
    output.bytes(Buffer.from('more'));
    wait();
    expect(await later(0)).toBe(false);
    sink.finish();
    expect(await later(0)).toBe(true);
  });

  it('does not wait again for a reader who has taken nothing, whatever was put since', async () => {
    const { output, wait, later } = rig(1000);
    wait();
    expect(await later(10_000)).toBe(true);
    output.bytes(Buffer.from('more'));
    wait();
    expect(await later(0)).toBe(true);
  });

  it('does not wait for a reader that has left', async () => {
    const { sink, output, wait, later } = rig(1000);
    output.flush();
    sink.finish('EPIPE');
    wait();
    expect(await later(0)).toBe(true);
  });
});

describe('the deadline', () => {
  it.each([
    ['of its own accord', false, 5000],
    ['that a caller waits for', true, 1900],
  ])('of an end %s counts from its first wait, and is one for all waits', async (_, hurried, limit) => {
    const { clock, ending } = rig(0);
    if (hurried) ending.hurry();
    await clock.run(1000);
    void ending.within(settle());
    await clock.run(1500);
    let isOver = false;
    void ending.within(NEVER).then(() => {
      isOver = true;
    });
    await clock.run(1000 + limit - 1);
    expect(isOver).toBe(false);
    await clock.run(1000 + limit);
    expect(isOver).toBe(true);
    expect([ending.linger, clock.size]).toEqual([0, 0]);
  });

  it('comes nearer when a signal arrives in the middle, and never goes away', async () => {
    const { clock, ending } = rig(0);
    ending.begin();
    await clock.run(1000);
    ending.hurry();
    const rung: number[] = [];
    ending.late(() => rung.push(clock.now()));
    ending.hurry();
    ending.begin();
    await clock.run(10_000);
    expect(rung).toEqual([2900]);
  });

  it('is the same for what is waited for already when it comes nearer', async () => {
    const { clock, ending } = rig(0);
    const ends: (boolean | number)[] = [];
    void ending.within(NEVER).then((inTime) => ends.push(inTime, clock.now()));
    await clock.run(1000);
    ending.hurry();
    await clock.run(10_000);
    expect(ends).toEqual([false, 2900]);
    expect(clock.size).toBe(0);
    expect(await ending.within(Promise.resolve())).toBe(true);
  });

  it('leaves a server that is to close its side 400 ms of a hurried end, and of another all that is left', () => {
    const { clock, ending } = rig(0);
    ending.begin();
    clock.runTo(1000);
    expect(ending.linger).toBe(4000);
    ending.hurry();
    expect(ending.linger).toBe(400);
    clock.runTo(2700);
    expect(ending.linger).toBe(200);
  });
});
