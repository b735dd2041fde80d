/**
 * Standard error: all of it for a reader who is there, and nothing stands still for one who is not.
 * Covers src/runtime/open-again.ts, src/runtime/stderr-system.ts.
 */
import { expect, test } from 'vitest';
import { standardError } from '../../src/runtime/stderr.ts';
import { settle } from '../support/virtual-clock.ts';

/** A pipe of `room` bytes, of which `readsPerMillisecond` are read in each millisecond. */
function pipe(room: number, readsPerMillisecond: number) {
  let taken = '';
  let free = room;
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  const state = { now: 0, slept: 0, reads: readsPerMillisecond };
  const pass = (wait: number): void => {
    state.now += wait;
    free = Math.min(room, free + wait * state.reads);
  };
  const stderr = standardError({
    write: (bytes, from) => {
      if (free < 1) throw Object.assign(new Error('write'), { code: 'EAGAIN' });
      const part = bytes.subarray(from, from + Math.floor(free));
      free -= part.length;
      taken += Buffer.from(part).toString('latin1');
      return part.length;
    },
    now: () => state.now,
    sleep: (wait) => {
      state.slept += wait;
      pass(wait);
    },
    later: (wait, callback) => {
      timers.push({ at: state.now + wait, callback });
    },
  });
  /** The next timer, if it is due by then. */
  const ring = (until: number): boolean => {
    const due = timers.filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0];
    if (due === undefined) return false;
    timers = timers.filter((timer) => timer !== due);
    pass(Math.max(0, due.at - state.now));
    due.callback();
    return true;
  };
  /** Lets the event loop run. */
  const run = (time: number): void => {
    for (const until = state.now + time; ring(until); );
  };
  /** How long the end takes. */
  const end = async (patience?: number): Promise<number> => {
    const begun = state.now;
    let ended = false;
    void stderr.finish(patience).then(() => {
      ended = true;
    });
    for (await settle(); !ended; await settle()) ring(Infinity);
    return state.now - begun;
  };
  return { print: stderr.print, isBehind: () => stderr.isBehind, state, run, end, taken: () => taken };
}

const LINE = `${'x'.repeat(99)}\n`;
/** Lines of more than what waits at most. */
const MANY = 20_000;

test('what has room is written at once', () => {
  const { print, taken, isBehind } = pipe(10, 0);
  print('abc\n');
  expect([taken(), isBehind()]).toEqual(['abc\n', false]);
});

test('what has none waits for its reader, in order, and nothing stands still', () => {
  const { print, state, run, taken, isBehind } = pipe(10, 1);
  print('x'.repeat(100));
  print(Buffer.from([0xff, 0xfe]));
  expect([taken(), isBehind(), state.slept]).toEqual(['x'.repeat(10), true, 0]);
  run(10_000);
  expect([taken(), isBehind(), state.slept]).toEqual([`${'x'.repeat(100)}\xff\xfe`, false, 0]);
});

test('bytes that wait are copied', () => {
  const { print, run, taken } = pipe(1, 1);
  const bytes = Buffer.from('abc');
  print(bytes);
  bytes.fill('z');
  run(1000);
  expect(taken()).toBe('abc');
});

test('a slow reader gets every line, however many there are', async () => {
  const { print, state, end, taken } = pipe(65_536, 100);
  for (let i = 0; i < MANY; i++) print(LINE);
  await end();
  expect(taken()).toBe(LINE.repeat(MANY));
  expect(state.slept).toBeGreaterThan(0);
});

test('for a reader who takes nothing the program is held up once, and its lines are counted', () => {
  const { print, state, run, taken } = pipe(1000, 0);
  for (let i = 0; i < MANY; i++) print(LINE);
  const { slept } = state;
  expect(slept).toBeLessThanOrEqual(1000);
  for (let i = 0; i < MANY; i++) print(LINE);
  expect([taken(), state.slept]).toEqual([LINE.repeat(10), slept]);
  state.reads = 10_000;
  run(10_000);
  const kept = taken().split(LINE).length - 1;
  const lost = 2 * MANY - kept;
  expect(taken()).toBe(
    `${LINE.repeat(kept)}Warning: ${lost} lines of standard error were dropped: the reader did not keep up.\n`,
  );
  print('next\n');
  expect(taken().endsWith('keep up.\nnext\n')).toBe(true);
});

test('what is dropped is reported before what follows it', async () => {
  const { print, state, taken, end } = pipe(1000, 0);
  for (let i = 0; i < MANY; i++) print(LINE);
  state.reads = 10_000;
  state.now += 500;
  print('next\n');
  await end();
  expect(taken()).toMatch(
    /x\nWarning: \d+ lines of standard error were dropped: the reader did not keep up\.\n(x+\n)*next\n$/,
  );
});

test('a status line that is dropped is not counted', () => {
  const { print, state, run, taken } = pipe(10_000, 0);
  print(`${'y'.repeat(1024 * 1024 + 10_000)}\n`);
  print('\r99 sent');
  print('one\n');
  state.reads = 1_000_000;
  run(10_000);
  expect(taken().replaceAll('y', '')).toBe(
    '\nWarning: 1 line of standard error was dropped: the reader did not keep up.\n',
  );
});

test('the end waits for a reader as long as something is read', async () => {
  const { print, taken, end } = pipe(10, 0.01);
  print('x'.repeat(200));
  expect(await end()).toBeGreaterThan(15_000);
  expect(taken()).toBe('x'.repeat(200));
});

test('the end does not wait again for a reader who has not read for long', async () => {
  const { print, run, end } = pipe(4, 0);
  print('abcdef');
  run(6000);
  expect(await end()).toBe(0);
});

test('the end gives up a reader who takes nothing', async () => {
  const { print, end, taken } = pipe(4, 0);
  print('abcdef');
  expect([await end(), taken()]).toEqual([5000, 'abcd']);
});

test('an end without patience writes what there is room for', async () => {
  const { print, state, end, taken } = pipe(4, 0);
  print('abcdef');
  state.reads = 1;
  state.now += 1;
  expect([await end(0), taken()]).toEqual([0, 'abcd']);
});

test('the end waits for what is taken and not written yet', async () => {
  let isBusy = false;
  let now = 0;
  const { print, finish } = standardError({
    write: (bytes) => {
      isBusy = true;
      return bytes.length;
    },
    isBusy: () => isBusy,
    now: () => now,
    sleep: () => {},
    later: (wait, callback) => {
      now += wait;
      if (now > 100) isBusy = false;
      setImmediate(callback);
    },
  });
  print('x');
  await finish();
  expect([isBusy, now < 200]).toEqual([false, true]);
});

test('an error ends the text, and not the program', async () => {
  let writes = 0;
  const { print, finish, isBehind } = standardError({
    write: () => {
      writes++;
      throw Object.assign(new Error('write'), { code: 'EPIPE' });
    },
    now: () => 0,
    sleep: () => {
      throw new Error('slept');
    },
    later: () => {
      throw new Error('waited');
    },
  });
  print('x');
  await finish();
  expect([writes, isBehind]).toEqual([1, false]);
});
