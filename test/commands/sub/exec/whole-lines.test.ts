/** Lines of commands that run at the same time stay whole. */
import { expect, test } from 'vitest';
import { WholeLines } from '../../../../src/commands/sub/exec/whole-lines.ts';

function passed(...pieces: string[]): string[] {
  const seen: string[] = [];
  const lines = new WholeLines((bytes) => seen.push(Buffer.from(bytes).toString()));
  for (const piece of pieces) lines.add(Buffer.from(piece));
  lines.finish();
  return seen;
}

test.each([
  [['a\nb\n'], ['a\nb\n']],
  [
    ['a', 'b\nc', '\n'],
    ['ab\n', 'c\n'],
  ],
  [['a\n\nb'], ['a\n\n', 'b\n']],
  [['', '\n'], ['\n']],
  [[''], []],
])('%j goes on as %j: whole lines, and the last one gets its end', (pieces, lines) => {
  expect(passed(...pieces)).toEqual(lines);
});

test('a line of more than a mebibyte goes on in pieces, so that memory has an end', () => {
  const long = 'x'.repeat(1024 * 1024 + 1);
  expect(passed(long, 'y\n').map(({ length }) => length)).toEqual([long.length, 2]);
});
