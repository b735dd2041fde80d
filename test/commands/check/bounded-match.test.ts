/** Expressions that run for too long. */
import { expect, it } from 'vitest';
import { boundedMatch } from '../../../src/commands/check/bounded-match.ts';

it('gives what the expression gives', () => {
  const match = boundedMatch(/^on$/u);
  expect([match.test('on'), match.test('off'), match.source]).toEqual([true, false, '^on$']);
});

it('gives up on an expression that backtracks without end', () => {
  expect(boundedMatch(/^(a+)+$/u, 100).test(`${'a'.repeat(40)}!`)).toBeUndefined();
});
