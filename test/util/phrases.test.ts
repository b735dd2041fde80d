/** What people paste into a shell names the file, and nothing else. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellQuoted } from '../../src/util/phrases.ts';

describe('a path for a shell', () => {
  it.each([
    ['/etc/x-1.pem', '/etc/x-1.pem'],
    ['a b', "'a b'"],
    ['a"b$(x)`y`', `'a"b$(x)\`y\`'`],
    ["it's", `'it'\\''s'`],
    ['~/x', "'~/x'"],
    ['\u00e9', "'\u00e9'"],
    ['', "''"],
    ['-rf', './-rf'],
    ['-r f', "'./-r f'"],
  ])('%j is %s', (path, quoted) => {
    expect(shellQuoted(path)).toBe(quoted);
  });

  it.each(['a"b$(x).p7b', "it's\n\\two", '!* ?[a]{b,c};&|<>#', '-n x'])('%j comes back from the shell', (path) => {
    const word = execFileSync('/bin/sh', ['-c', `printf %s ${shellQuoted(path)}`], { encoding: 'utf8' });
    expect(word).toBe(path.replace(/^-/, './-'));
  });
});
