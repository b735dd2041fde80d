// How long a program that is about to end waits for whoever reads its output.
import { expect, it } from 'vitest';
import { PATIENCE, untilPrinted } from '../../src/commands/connection.ts';
import { OutputWriter } from '../../src/output/writer.ts';
import { FakeSink } from '../output/sink.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

class ToldSink extends FakeSink {
  left: number | undefined;
}

function rig(length: number) {
  const sink = new ToldSink();
  const clock = new VirtualClock();
  const output = new OutputWriter(sink, { written: () => {}, room: () => {}, broken: () => {} });
  output.bytes(Buffer.alloc(length, 'x'));
  let left: number | undefined;
  const wait = (stuckAt?: number): void => {
    left = undefined;
    void untilPrinted(output, clock, stuckAt).then((bytes) => {
      left = bytes;
    });
  };
  const later = async (): Promise<number | undefined> => {
    await clock.run(clock.now() + PATIENCE);
    return left;
  };
  const atOnce = async (): Promise<number | undefined> => {
    await settle();
    return left;
  };
  return { sink, output, wait, later, atOnce };
}

it('waits on while the reader takes parts of one long write', async () => {
  const { sink, wait, later } = rig(1000);
  sink.left = 1000;
  wait();
  for (let left = 999; left > 990; left--) {
    expect(await later()).toBe(undefined);
    sink.left = left;
  }
  expect(await later()).toBe(undefined);
  sink.left = undefined;
  sink.finish();
  expect(await later()).toBe(0);
});

it('gives up when nothing was taken for a while, and does not wait for the same again', async () => {
  const { sink, output, wait, later, atOnce } = rig(1000);
  sink.left = 600;
  wait();
  // Once to see that a part is left, once more to see that it stays so.
  expect(await later()).toBe(undefined);
  expect(await later()).toBe(600);
  expect(output.pending).toBe(1000);
  wait(600);
  expect(await atOnce()).toBe(600);
  sink.left = 500;
  wait(600);
  sink.left = 400;
  expect(await later()).toBe(undefined);
});

it('waits for what came after all before was printed', async () => {
  const { sink, output, wait, atOnce } = rig(1000);
  wait();
  sink.finish();
  expect(await atOnce()).toBe(0);
  output.bytes(Buffer.from('more'));
  wait(0);
  expect(await atOnce()).toBe(undefined);
  sink.finish();
  expect(await atOnce()).toBe(0);
});

it('does not wait for a reader that has left', async () => {
  const { sink, output, wait, atOnce } = rig(1000);
  output.flush();
  sink.finish('EPIPE');
  wait();
  expect(await atOnce()).toBe(1000);
});
