/** Standard error: all of it, whoever has made the pipe non-blocking; and an end of the patience with who does not read. */
import { expect, test } from 'vitest';
import { standardError } from '../../src/runtime/stderr.ts';

/** A pipe with room for so many bytes, which is read when somebody sleeps. */
function pipe(room: number, readsWhileAsleep: number) {
  let taken = '';
  let free = room;
  const state = { slept: 0, reads: readsWhileAsleep };
  const say = standardError({
    write: (bytes, from) => {
      if (free === 0) throw Object.assign(new Error('write'), { code: 'EAGAIN' });
      const part = bytes.subarray(from, from + free);
      free -= part.length;
      taken += Buffer.from(part).toString('latin1');
      return part.length;
    },
    sleep: (wait) => {
      state.slept += wait;
      free = Math.min(room, free + state.reads);
    },
  });
  return { say, state, taken: () => taken };
}

test('a slow reader gets all of it, bytes as they are', () => {
  const { say, taken } = pipe(10, 3);
  say('x'.repeat(100));
  say(Buffer.from([0xff, 0xfe]));
  expect(taken()).toBe(`${'x'.repeat(100)}\xff\xfe`);
});

test('a reader who takes nothing is waited for once, and written to again when he reads on', () => {
  const { say, state, taken } = pipe(4, 0);
  say('abcdef');
  const { slept } = state;
  say('lost');
  expect([taken(), state.slept]).toEqual(['abcd', slept]);
  state.reads = 4;
  say('gone, as nobody sleeps for it');
  expect(state.slept).toBe(slept);
});

test('an error ends the text, and not the program', () => {
  const say = standardError({
    write: () => {
      throw Object.assign(new Error('write'), { code: 'EPIPE' });
    },
    sleep: () => {
      throw new Error('slept');
    },
  });
  expect(() => say('x')).not.toThrow();
});
