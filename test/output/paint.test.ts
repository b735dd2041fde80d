import { describe, expect, it } from 'vitest';
import { paint, paintMessage } from '../../src/output/paint.ts';

describe('colours', () => {
  it('of standard error are by the beginning of each line, and leave line ends alone', () => {
    expect(paintMessage("Error: x\nHint: y\n\nUse 'tspub --help' to see usage.\n")).toBe(
      "\x1b[31mError: x\x1b[39m\n\x1b[36mHint: y\x1b[39m\n\nUse 'tspub --help' to see usage.\n",
    );
    expect(paintMessage('Warning: w\nTimed out\n')).toBe('\x1b[33mWarning: w\x1b[39m\n\x1b[31mTimed out\x1b[39m\n');
    expect(paintMessage('* Connect: ok\n  -> do\nother\n')).toBe(
      '\x1b[1m* Connect: ok\x1b[22m\n\x1b[36m  -> do\x1b[39m\nother\n',
    );
    expect(paintMessage('')).toBe('');
  });

  it('of standard output distinguish directions', () => {
    expect([paint.sent('a'), paint.received('a'), paint.topic('a'), paint.heading('a')]).toEqual([
      '\x1b[32ma\x1b[39m',
      '\x1b[34ma\x1b[39m',
      '\x1b[36ma\x1b[39m',
      '\x1b[1ma\x1b[22m',
    ]);
  });
});
