/** How many messages came and were taken, and what -C and --strict-count make of it. */
import { expect, test } from 'vitest';
import { MessageCount } from '../../../src/commands/sub/message-count.ts';

function counted(put: number, taken: number, count?: number, strictCount = false): MessageCount {
  const messages = new MessageCount({ count, strictCount });
  messages.put = put;
  messages.taken = taken;
  return messages;
}

const stateOf = ({ isFull, isEnough, isTaken, waiting }: MessageCount) => ({ isFull, isEnough, isTaken, waiting });

test.each([
  ['nothing yet, of any number', counted(0, 0), { isFull: false, isEnough: true, isTaken: false, waiting: 0 }],
  ['some, of any number', counted(7, 5), { isFull: false, isEnough: true, isTaken: false, waiting: 2 }],
  ['some of -C 3', counted(2, 2, 3), { isFull: false, isEnough: false, isTaken: false, waiting: 0 }],
  [
    'all of -C 3, and the reader is slow',
    counted(3, 1, 3),
    { isFull: true, isEnough: true, isTaken: false, waiting: 2 },
  ],
  ['all of -C 3', counted(3, 3, 3), { isFull: true, isEnough: true, isTaken: true, waiting: 0 }],
])('%s', (_, messages, state) => {
  expect(stateOf(messages)).toEqual(state);
});

test.each([
  ['none came', counted(0, 0, 3, true), 27, ''],
  ['some came', counted(2, 1, 3), 27, ': 2 of 3 messages arrived'],
  ['some came, and --strict-count asks for all', counted(2, 1, 3, true), 29, ': 2 of 3 messages arrived'],
  ['some came, and nobody said how many', counted(2, 1), 27, ''],
])('an end before the count: %s', (_, messages, status, text) => {
  expect(messages.shortOf(27)).toBe(status);
  expect(messages.soFar()).toBe(text);
});
