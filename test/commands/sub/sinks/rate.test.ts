/** `--message-rate`. */
import { describe, expect, it } from 'vitest';
import { rateCounter } from '../../../../src/commands/sub/sinks/rate.ts';
import { OutputWriter } from '../../../../src/output/writer.ts';
import { packet } from '../../../output/render.ts';
import { FakeSink } from '../../../output/sink.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

function rig() {
  const clock = new VirtualClock();
  const sink = new FakeSink();
  const state = { isOver: false };
  const output = new OutputWriter(sink, { written: () => {}, room: () => {}, broken: () => {} });
  const count = rateCounter({ output, isOver: () => state.isOver }, clock);
  const lineAt = async (at: number): Promise<string> => {
    const before = sink.text.length;
    await clock.run(at);
    sink.finishAll();
    return sink.text.slice(before);
  };
  return { clock, state, lineAt, add: () => count(packet('x')) };
}

describe('the message rate', () => {
  it('is the number of messages since the line before', async () => {
    const { add, lineAt } = rig();
    add();
    add();
    expect(await lineAt(1000)).toBe('2 msgs/s\n');
    expect(await lineAt(2000)).toBe('0 msgs/s\n');
    add();
    expect(await lineAt(3000)).toBe('1 msgs/s\n');
  });

  it('has a line each second, and none once the run is over', async () => {
    const { clock, state, lineAt } = rig();
    expect(await lineAt(999)).toBe('');
    expect(await lineAt(1000)).toBe('0 msgs/s\n');
    state.isOver = true;
    expect(await lineAt(5000)).toBe('');
    expect(clock.size).toBe(0);
  });
});
