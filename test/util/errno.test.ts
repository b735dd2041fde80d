import { expect, it } from 'vitest';
import { reasonOf } from '../../src/util/errno.ts';

it.each([
  ['EBADF', 'Bad file descriptor'],
  ['EAFNOSUPPORT', 'Address family not supported by protocol'],
  ['ENOENT', 'No such file or directory'],
  ['ENOTHING', 'ENOTHING'],
])('%s is shown as %s', (errno, text) => {
  expect(reasonOf(errno)).toBe(text);
});
