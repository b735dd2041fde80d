// How long a program that is about to end waits for whoever reads its output.
import { expect, it } from 'vitest';
import { PATIENCE, untilPrinted } from '../../src/commands/connection.ts';
import { OutputWriter } from '../../src/output/writer.ts';
import { FakeSink } from '../output/sink.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

class ToldSink extends FakeSink {
  left: number | undefined;
}

/** A number: it is given up, with so many bytes taken. */
type Outcome = 'waiting' | 'printed' | number;

function rig(length: number) {
  const sink = new ToldSink();
  const clock = new VirtualClock();
  const output = new OutputWriter(sink, { written: () => {}, room: () => {}, broken: () => {} });
  output.bytes(Buffer.alloc(length, 'x'));
  let outcome: Outcome;
  const wait = (stuckAt?: number): void => {
    outcome = 'waiting';
    void untilPrinted(output, clock, stuckAt).then((taken) => {
      outcome = taken ?? 'printed';
    });
  };
  const later = async (): Promise<Outcome> => {
    await clock.run(clock.now() + PATIENCE);
    return outcome;
  };
  const atOnce = async (): Promise<Outcome> => {
    await settle();
    return outcome;
  };
  return { sink, output, wait, later, atOnce };
}

it('waits on while the reader takes parts of one long write', async () => {
  const { sink, wait, later } = rig(1000);
  sink.left = 1000;
  wait();
  for (let left = 999; left > 990; left--) {
    expect(await later()).toBe('waiting');
    sink.left = left;
  }
  expect(await later()).toBe('waiting');
  sink.left = undefined;
  sink.finish();
  expect(await later()).toBe('printed');
});

it('gives up when nothing was taken for a while, and does not wait for the same again', async () => {
  const { sink, output, wait, later, atOnce } = rig(1000);
  sink.left = 600;
  wait();
  // Once to see that a part is left, once more to see that it stays so.
  expect(await later()).toBe('waiting');
  expect(await later()).toBe(400);
  expect(output.pending).toBe(1000);
  wait(400);
  expect(await atOnce()).toBe(400);
  sink.left = 500;
  wait(400);
  sink.left = 400;
  expect(await later()).toBe('waiting');
});

it('waits for what came after all before was printed', async () => {
  const { sink, output, wait, atOnce } = rig(1000);
  wait();
  sink.finish();
  expect(await atOnce()).toBe('printed');
  output.bytes(Buffer.from('more'));
  wait();
  expect(await atOnce()).toBe('waiting');
  sink.finish();
  expect(await atOnce()).toBe('printed');
});

it('does not wait again for a reader who has taken nothing, whatever was put since', async () => {
  const { output, wait, later, atOnce } = rig(1000);
  wait();
  expect(await later()).toBe(0);
  output.bytes(Buffer.from('more'));
  wait(0);
  expect(await atOnce()).toBe(0);
});

it('does not wait for a reader that has left', async () => {
  const { sink, output, wait, atOnce } = rig(1000);
  output.flush();
  sink.finish('EPIPE');
  wait();
  expect(await atOnce()).toBe(0);
});
