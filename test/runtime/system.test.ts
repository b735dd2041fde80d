import { expect, it } from 'vitest';
import { lookupOptions } from '../../src/runtime/system.ts';

it.each([
  [1, 'timeout:1 attempts:2'],
  [2000, 'timeout:1 attempts:2'],
  [2001, 'timeout:2 attempts:2'],
  [8000, 'timeout:4 attempts:2'],
])('--connect-timeout of %i ms asks a silent name server no longer than that', (limit, options) => {
  expect(lookupOptions(limit, undefined)).toBe(options);
});

it.each([8001, 10_000, 1e9])('--connect-timeout of %i ms leaves the name lookup as it is', (limit) => {
  expect(lookupOptions(limit, undefined)).toBeUndefined();
});

it.each(['', 'timeout:3'])('RES_OPTIONS of the user (%j) counts', (given) => {
  expect(lookupOptions(1000, given)).toBeUndefined();
});
