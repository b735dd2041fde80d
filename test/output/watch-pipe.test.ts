/** `-w` in a pipe. */
import { describe, expect, it } from 'vitest';
import { PipedScreen } from '../../src/output/watch-pipe.ts';

describe('the watched screen in a pipe', () => {
  it('is cleared, and names the broker', () => {
    expect(new PipedScreen().start('127.0.0.1')).toBe('\x1b[2J\x1b[1;1HBroker: 127.0.0.1\n');
  });

  it('gives each topic a line, in the order in which they come, and goes below the lowest afterwards', () => {
    const screen = new PipedScreen();
    const shown = ['a', 'a', 'b', 'c', 'a', 'b'].map((topic) => `${screen.before(topic)}x\n${screen.after()}`);
    const frame = (line: number, lowest: number) => `\x1b[${line};1Hx\n\x1b[${lowest};1H\n`;
    expect(shown).toEqual([frame(2, 2), frame(2, 2), frame(3, 3), frame(4, 4), frame(2, 4), frame(3, 4)]);
  });
});
