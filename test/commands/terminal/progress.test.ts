import { describe, expect, it } from 'vitest';
import { progressText, showProgress, type WorkProgress } from '../../../src/commands/terminal/progress.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

function rig() {
  const shown: (string | undefined)[] = [];
  const clock = new VirtualClock();
  const line = { show: (text: string) => void shown.push(text), erase: () => void shown.push(undefined) };
  return { shown, clock, io: { clock, statusLine: line } };
}

describe('progress', () => {
  it('shows nothing in the first second, then a line four times a second, and nothing at the end', () => {
    const { shown, clock, io } = rig();
    let done = 0;
    const stop = showProgress(io, false, () => ({ done: ++done, what: 'sent' }));
    while (clock.advance(1600));
    expect(shown).toEqual(['1 sent, 1/s', '2 sent, 2/s', '3 sent, 2/s']);
    stop();
    expect(shown.at(-1)).toBeUndefined();
    expect(clock.size).toBe(0);
  });

  it('shows nothing while there is nothing to report', () => {
    const { shown, clock, io } = rig();
    showProgress(io, false, () => undefined);
    while (clock.advance(3000));
    expect(shown).toEqual([]);
  });

  it('is not shown with --quiet, nor without a terminal', () => {
    const { shown, clock, io } = rig();
    showProgress(io, true, () => ({ done: 1, what: 'sent' }))();
    showProgress({ clock }, false, () => ({ done: 1, what: 'sent' }))();
    expect([shown, clock.size]).toEqual([[], 0]);
  });

  it.each<[WorkProgress, number, string]>([
    [{ done: 12345, what: 'sent' }, 5000, '12,345 sent, 2,469/s'],
    [{ done: 500, what: 'sent', acknowledged: 480 }, 1000, '500 sent, 480 acknowledged, 500/s'],
    [{ done: 50, what: 'hashed', total: 200 }, 10_000, '50 of 200 hashed, 5/s, 25 %, 30 s left'],
    [{ done: 0, what: 'hashed', total: 0 }, 2000, '0 of 0 hashed, 0/s, 100 %, 0 s left'],
    [{ done: 10, what: 'sent', share: 0.01 }, 10_000, '10 sent, 1/s, 1 %, 16 min 30 s left'],
    [{ done: 10, what: 'sent', share: 0.0001 }, 10_000, '10 sent, 1/s, 0 %, 27 h 46 min left'],
    [{ done: 9, what: 'sent', share: 1.2 }, 3000, '9 sent, 3/s, 100 %, 0 s left'],
    [{ done: 1, what: 'sent', bytes: 104_857_600 }, 3000, '100.0 MiB on the way for 3 s'],
    [{ done: 1, what: 'sent', bytes: 2000 }, 61_000, '2 KiB on the way for 1 min 1 s'],
  ])('%j after %i ms is shown as %s', (progress, elapsed, text) => {
    expect(progressText(progress, elapsed)).toBe(text);
  });
});
