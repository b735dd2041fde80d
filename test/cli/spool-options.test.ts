/**
 * `--spool` and what goes with it: settings, plan, and what is refused.
 * Covers src/cli/values/age.ts.
 */
import { describe, expect, it } from 'vitest';
import { emptySettings } from '../../src/cli/options/settings.ts';
import { readAge } from '../../src/cli/values/age.ts';
import { readFormat } from '../../src/cli/values/format.ts';
import { settingsOf } from './support.ts';

describe('an age', () => {
  it.each([
    ['0', 0],
    ['90', 90_000],
    ['90s', 90_000],
    ['15m', 900_000],
    ['15min', 900_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['1w', 604_800_000],
  ])('%s is %i ms', (text, age) => {
    expect(readAge(text)).toBe(age);
  });

  it.each(['', 'x', '-1', '1.5h', '1 h', 'h', '1y', '9999999999'])('%j is none', (text) => {
    expect(readAge(text)).toBeUndefined();
  });
});

describe('--spool', () => {
  it('sets the folder and what goes with it', () => {
    const argv = ['--spool', 'd', '--flush', '--spool-status', '75', '--spool-max-bytes', '1000'];
    const more = ['--spool-max-count', '7', '--spool-max-age', '2h'];
    expect(settingsOf('pub', ...argv, ...more)).toEqual({
      ...emptySettings(readFormat),
      spool: 'd',
      flush: true,
      spoolStatus: 75,
      spoolMaxBytes: 1000,
      spoolMaxCount: 7,
      spoolMaxAge: 7_200_000,
    });
  });

  it.each([
    [['--spool', ''], 'Error: --spool needs the name of a directory.'],
    [['--spool-status', '256'], 'Error: --spool-status argument must be 0 to 255.'],
    [['--spool-max-bytes', '0'], 'Error: --spool-max-bytes argument must be >0.'],
    [['--spool-max-count', 'x'], 'Error: --spool-max-count argument must be >0.'],
    [
      ['--spool-max-age', 'x'],
      "Error: --spool-max-age 'x' is not an age: use a whole number and s, m, h, d or w, such as 15m.",
    ],
  ])('%j is refused', (argv, message) => {
    expect(() => settingsOf('pub', ...argv)).toThrow(message);
  });
});
