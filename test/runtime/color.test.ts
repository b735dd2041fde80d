import { describe, expect, it } from 'vitest';
import { wantsColor } from '../../src/runtime/color.ts';

const terminal = () => true;
const pipe = () => false;

describe('colours', () => {
  it('are for a terminal, by default', () => {
    expect(wantsColor('auto', {}, terminal)).toBe(true);
    expect(wantsColor('auto', {}, pipe)).toBe(false);
  });

  it('follow --color before anything else', () => {
    expect(wantsColor('always', { NO_COLOR: '1', TERM: 'dumb' }, pipe)).toBe(true);
    expect(wantsColor('never', { FORCE_COLOR: '1' }, terminal)).toBe(false);
  });

  it.each([
    [{ NO_COLOR: '1' }, false],
    [{ NO_COLOR: '0' }, false],
    [{ NO_COLOR: '' }, true],
    [{ TERM: 'dumb' }, false],
    [{ TERM: 'xterm' }, true],
    [{ FORCE_COLOR: '0' }, false],
    [{ FORCE_COLOR: 'false' }, false],
  ])('on a terminal with %j: %s', (env, expected) => {
    expect(wantsColor('auto', env, terminal)).toBe(expected);
  });

  it.each([
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '' }, true],
    [{ FORCE_COLOR: '3', NO_COLOR: '1' }, true],
    [{ FORCE_COLOR: '0' }, false],
    [{ TERM: 'xterm' }, false],
  ])('in a pipe with %j: %s', (env, expected) => {
    expect(wantsColor('auto', env, pipe)).toBe(expected);
  });
});
