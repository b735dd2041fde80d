/** Standard error: all of it for a reader who is there, and nothing stands still for one who is not. */
import { expect, test } from 'vitest';
import { standardError } from '../../src/runtime/stderr.ts';

/** A pipe with room for so many bytes, of which so many are read in each millisecond. */
function pipe(room: number, readsPerMillisecond: number) {
  let taken = '';
  let free = room;
  let next: { at: number; callback: () => void } | undefined;
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
      expect(next).toBe(undefined);
      next = { at: state.now + wait, callback };
    },
  });
  /** Lets the event loop run. */
  const run = (time: number): void => {
    for (const until = state.now + time; next !== undefined && next.at <= until; ) {
      const { at, callback } = next;
      next = undefined;
      pass(at - state.now);
      callback();
    }
  };
  return { ...stderr, isBehind: () => stderr.isBehind, state, run, taken: () => taken };
}

const LINE = `${'x'.repeat(99)}\n`;
/** Lines of more than what waits at most. */
const MANY = 20_000;

test('what has room is written at once', () => {
  const { say, taken, isBehind } = pipe(10, 0);
  say('abc\n');
  expect([taken(), isBehind()]).toEqual(['abc\n', false]);
});

test('what has none waits for its reader, in order, and nothing stands still', () => {
  const { say, state, run, taken, isBehind } = pipe(10, 1);
  say('x'.repeat(100));
  say(Buffer.from([0xff, 0xfe]));
  expect([taken(), isBehind(), state.slept]).toEqual(['x'.repeat(10), true, 0]);
  run(10_000);
  expect([taken(), isBehind(), state.slept]).toEqual([`${'x'.repeat(100)}\xff\xfe`, false, 0]);
});

test('bytes that wait are copied', () => {
  const { say, run, taken } = pipe(1, 1);
  const bytes = Buffer.from('abc');
  say(bytes);
  bytes.fill('z');
  run(1000);
  expect(taken()).toBe('abc');
});

test('a slow reader gets every line, however many there are', () => {
  const { say, state, finish, taken } = pipe(65_536, 100);
  for (let i = 0; i < MANY; i++) say(LINE);
  finish();
  expect(taken()).toBe(LINE.repeat(MANY));
  expect(state.slept).toBeGreaterThan(0);
});

test('for a reader who takes nothing the program is held up once, and its lines are counted', () => {
  const { say, state, run, taken } = pipe(1000, 0);
  for (let i = 0; i < MANY; i++) say(LINE);
  const { slept } = state;
  expect(slept).toBeLessThanOrEqual(1000);
  for (let i = 0; i < MANY; i++) say(LINE);
  expect([taken(), state.slept]).toEqual([LINE.repeat(10), slept]);
  state.reads = 10_000;
  run(10_000);
  const kept = taken().split(LINE).length - 1;
  const lost = 2 * MANY - kept;
  expect(taken()).toBe(
    `${LINE.repeat(kept)}Warning: ${lost} lines of standard error were dropped: the reader did not keep up.\n`,
  );
  say('next\n');
  expect(taken().endsWith('keep up.\nnext\n')).toBe(true);
});

test('what is dropped is reported before what follows it', () => {
  const { say, state, taken, finish } = pipe(1000, 0);
  for (let i = 0; i < MANY; i++) say(LINE);
  state.reads = 10_000;
  state.now += 500;
  say('next\n');
  finish();
  expect(taken()).toMatch(
    /x\nWarning: \d+ lines of standard error were dropped: the reader did not keep up\.\n(x+\n)*next\n$/,
  );
});

test('a status line that is dropped is not counted', () => {
  const { say, state, run, taken } = pipe(10_000, 0);
  say(`${'y'.repeat(1024 * 1024 + 10_000)}\n`);
  say('\r99 sent');
  say('one\n');
  state.reads = 1_000_000;
  run(10_000);
  expect(taken().replaceAll('y', '')).toBe(
    '\nWarning: 1 line of standard error was dropped: the reader did not keep up.\n',
  );
});

test('the end waits for a reader as long as something is read', () => {
  const { say, state, taken, finish } = pipe(10, 0.01);
  say('x'.repeat(200));
  finish();
  expect([taken(), state.slept > 15_000]).toEqual(['x'.repeat(200), true]);
});

test('the end does not wait again for a reader who has not read for long', () => {
  const { say, state, run, finish } = pipe(4, 0);
  say('abcdef');
  run(6000);
  state.now += 1000;
  finish();
  expect(state.slept).toBe(0);
});

test('the end gives up a reader who takes nothing', () => {
  const { say, state, finish, taken } = pipe(4, 0);
  say('abcdef');
  finish();
  expect([taken(), state.slept]).toEqual(['abcd', 5000]);
});

test('an end without patience writes what there is room for', () => {
  const { say, state, finish, taken } = pipe(4, 0);
  say('abcdef');
  state.reads = 1;
  state.now += 1;
  finish(0);
  expect([taken(), state.slept]).toEqual(['abcd', 0]);
});

test('an error ends the text, and not the program', () => {
  let writes = 0;
  const { say, finish, isBehind } = standardError({
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
  say('x');
  finish();
  expect([writes, isBehind]).toEqual([1, false]);
});
