/** Which names and passwords an entry can have. */
import { describe, expect, it } from 'vitest';
import { nameFault, newNameFault, passwordFault } from '../../src/passwd/user-name.ts';

const CONTROL = 'Username must not contain control characters.';
const BLANK = 'Username must not begin or end with a space.';

describe('a name', () => {
  it.each<[name: string, fault: string | undefined, ofNew: string | undefined]>([
    ['a', undefined, undefined],
    ['a b#', undefined, undefined],
    ['é😀~', undefined, undefined],
    ['x'.repeat(65_535), undefined, undefined],
    ['x'.repeat(65_536), 'Username must be less than 65536 characters long.', undefined],
    ['a\u001f', CONTROL, undefined],
    ['a\u007f', CONTROL, undefined],
    ['a\tb', CONTROL, undefined],
    ['a:b', "Username must not contain the ':' character.", undefined],
    ['', undefined, 'Username must not be empty.'],
    [' a', undefined, BLANK],
    ['a ', undefined, BLANK],
    ['#a', undefined, "Username must not begin with '#': the line would be a comment."],
    ['a\u0080', undefined, CONTROL],
    ['a\u009fb', undefined, CONTROL],
    ['a\u00a0b', undefined, undefined],
  ])('like %j can be, or why not', (name, fault, ofNew) => {
    expect([nameFault(Buffer.from(name)), newNameFault(Buffer.from(name))]).toEqual([fault, ofNew]);
  });
});

it('a password may have 65535 bytes', () => {
  expect(passwordFault(Buffer.alloc(65_535))).toBeUndefined();
  expect(passwordFault(Buffer.alloc(65_536))).toBe('Password must be less than 65536 characters long.');
});
