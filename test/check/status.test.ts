/** The order of statuses. */
import { expect, it } from 'vitest';
import { type CheckStatus, worst } from '../../src/check/status.ts';

it.each([
  [[], 0],
  [[0, 0], 0],
  [[0, 1], 1],
  [[1, 3], 3],
  [[3, 2, 0], 2],
] as readonly [CheckStatus[], CheckStatus][])('the worst of %j is %d', (statuses, status) => {
  expect(worst(statuses)).toBe(status);
});
