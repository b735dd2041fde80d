/** The waits made of the times of a recording. */
import { describe, expect, it } from 'vitest';
import { Pacer } from '../../../src/commands/pub/replay.ts';
import { settle, VirtualClock } from '../../support/virtual-clock.ts';

describe('the waits of a replay', () => {
  /** When each of these leaves, each being asked for when the one before has left. */
  async function departures(
    speed: number,
    recorded: readonly number[],
    busy: readonly number[] = [],
  ): Promise<number[]> {
    const clock = new VirtualClock();
    clock.runTo(1000);
    const pacer = new Pacer(speed, clock);
    const left: number[] = [];
    for (const [i, time] of recorded.entries()) {
      const wait = pacer.until(time);
      if (wait !== undefined) {
        let over = false;
        void wait.then(() => {
          over = true;
        });
        await settle();
        expect(over).toBe(false);
        clock.advance();
        await wait;
      }
      left.push(clock.now());
      clock.runTo(clock.now() + (busy[i] ?? 0));
    }
    return left;
  }

  it.each([
    [1, [1000, 1250, 1250, 4000]],
    [2, [1000, 1125, 1125, 2500]],
    [0.5, [1000, 1500, 1500, 7000]],
  ])('are those of the recording, at %d times its speed', async (speed, expected) => {
    expect(await departures(speed, [5_000_000, 5_000_250, 5_000_250, 5_003_000])).toEqual(expected);
  });

  it('are shorter after a delay, until it is made up for', async () => {
    expect(await departures(1, [0, 100, 200, 900], [500])).toEqual([1000, 1500, 1500, 1900]);
  });

  it('are none where the clock of the recording went back', async () => {
    expect(await departures(1, [500, 0, 600])).toEqual([1000, 1000, 1100]);
  });

  it('end at once, with all to come, when there is hurry, and never when it is stopped', async () => {
    const clock = new VirtualClock();
    const hurried = new Pacer(1, clock);
    expect(hurried.until(0)).toBeUndefined();
    const wait = hurried.until(1e9);
    hurried.hurry();
    await wait;
    expect(hurried.until(2e9)).toBeUndefined();

    const stopped = new Pacer(1, clock);
    stopped.until(0);
    expect(stopped.until(10)).toBeInstanceOf(Promise);
    stopped.stop();
    expect(clock.size).toBe(0);
  });
});
