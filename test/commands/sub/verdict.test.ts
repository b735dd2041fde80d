/** What becomes of a message, by the options that choose among them. */
import { expect, test } from 'vitest';
import { type MessageVerdict, verdictOf } from '../../../src/commands/sub/verdict.ts';
import { TopicTree } from '../../../src/mqtt/topic-tree.ts';

const NONE = { skipRetained: false, retainedOnly: false, randomFilter: undefined };

/** Options; filters of -T; what chance says, 0 to 1; topic and retain flag of the message. */
const LAWS: readonly [
  string,
  Partial<typeof NONE> | { randomFilter: number },
  string[],
  number,
  string,
  boolean,
  MessageVerdict,
][] = [
  ['a message is handed out', {}, [], 0.99, 'a', false, 'put'],
  ['a retained message is handed out', {}, [], 0.99, 'a', true, 'put'],
  ['-R skips what is retained', { skipRetained: true }, [], 0, 'a', true, 'skip'],
  ['-R leaves the others', { skipRetained: true }, [], 0, 'a', false, 'put'],
  ['-T skips topics that a filter takes', {}, ['x', 'a/#'], 0, 'a/b', false, 'skip'],
  ['-T leaves the others', {}, ['x', 'a/#'], 0, 'b', false, 'put'],
  ['--retained-only ends at what is not retained', { retainedOnly: true }, [], 0, 'a', false, 'end'],
  ['--retained-only leaves what is retained', { retainedOnly: true }, [], 0, 'a', true, 'put'],
  ['--retained-only ends even at what -T takes', { retainedOnly: true }, ['#'], 0, 'a', false, 'end'],
  ['--retained-only with -R skips', { retainedOnly: true, skipRetained: true }, [], 0, 'a', true, 'skip'],
  ['--random-filter hands out its share', { randomFilter: 25 }, [], 0.2499, 'a', false, 'put'],
  ['--random-filter passes over the others', { randomFilter: 25 }, [], 0.25, 'a', false, 'pass'],
  ['--random-filter 100 hands out all', { randomFilter: 100 }, [], 0.9999, 'a', false, 'put'],
  ['what -T takes is not left to chance', { randomFilter: 25 }, ['a'], 0.99, 'a', false, 'skip'],
];

test.each(LAWS)('%s', (_, options, filters, chance, topic, retain, verdict) => {
  const unwanted = filters.length > 0 ? new TopicTree(filters) : undefined;
  expect(verdictOf({ ...NONE, ...options }, unwanted, () => chance)({ topic, retain })).toBe(verdict);
});

test('without --random-filter nothing is left to chance', () => {
  let asked = 0;
  const random = (): number => asked++;
  verdictOf(NONE, undefined, random)({ topic: 'a', retain: false });
  verdictOf({ ...NONE, skipRetained: true, randomFilter: 50 }, undefined, random)({ topic: 'a', retain: true });
  expect(asked).toBe(0);
});
