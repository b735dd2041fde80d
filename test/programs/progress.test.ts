/**
 * How far tspub is, in the last line of a terminal.
 * Covers src/commands/terminal/terminal-io.ts.
 */
import { describe, expect, it } from 'vitest';
import { startProgram } from '../support/program.ts';

describe('the line that shows how far tspub is', () => {
  it.each([
    [['-m', 'x'.repeat(2000)], '2 KiB on the way for 3 s'],
    [['-m', 'x', '--repeat', '4', '--repeat-delay', '100'], '1 of 4 sent, 0 acknowledged, 0/s, 25 %, 9 s left'],
    [['-l'], '2 sent, 0 acknowledged, 1/s'],
  ])('with %j is %s', async (words, text) => {
    const running = startProgram('tspub', ['-t', 'a', '-q', '1', ...words], {
      terminals: [2],
      stdin: 'a\nb\n',
      server: { intercept: ({ type }) => type === 'publish' },
    });
    await running.pass(3000);
    expect(running.stderr).toContain(text);
  });

  it.each(['--quiet', '-d'])('is not there with %s', async (word) => {
    const running = startProgram('tspub', ['-t', 'a', '-q', '1', '-m', 'x', word], {
      terminals: [2],
      server: { intercept: ({ type }) => type === 'publish' },
    });
    await running.pass(3000);
    expect(running.stderr).not.toContain('on the way');
  });
});
