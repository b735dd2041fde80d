/**
 * `--completion`: the scripts as texts. What the shells make of them is shown in test/e2e.
 * Covers src/cli/help/completion/bash.ts, src/cli/help/completion/fish.ts, src/cli/help/completion/spec.ts,
 * src/cli/help/completion/word-cases.ts, src/cli/help/completion/zsh.ts, src/cli/values/shells.ts.
 */
import { describe, expect, it } from 'vitest';
import { bashScript } from '../../../src/cli/help/completion/bash.ts';
import { fishScript } from '../../../src/cli/help/completion/fish.ts';
import type { CompletionSpec } from '../../../src/cli/help/completion/spec.ts';
import { zshScript } from '../../../src/cli/help/completion/zsh.ts';
import { completionScript } from '../../../src/cli/help/completion.ts';
import { optionsOf } from '../../../src/cli/options/index.ts';
import { SHELLS } from '../../../src/cli/values/shells.ts';
import { expectGolden } from '../../support/golden.ts';

describe.each(SHELLS)('the script for %s', (shell) => {
  it.each([
    ['tspub', 'pub'],
    ['tspasswd', 'passwd'],
    ['tsspool', 'spool'],
    ['tscheck', 'check'],
  ] as const)('of %s has all that may stand on its command line', (name, program) => {
    expectGolden(`completion-${name}-${shell}.txt`, completionScript(program, shell));
  });

  it.each(['sub', 'rr'] as const)('of ts%s has each of its options, and no other', (program) => {
    const script = completionScript(program, shell);
    const names = optionsOf(program).flatMap((option) => option.names);
    const found =
      shell === 'bash'
        ? /option\) COMPREPLY=\(\$\(compgen -W '([^']*)'/.exec(script)![1]!.split('\n')
        : shell === 'zsh'
          ? [...script.matchAll(/^ {4}'(-[^:]*):/gm)].map(([, option]) => option!)
          : [...script.matchAll(/^complete -c \S+ (-[sl] .*?)(?= -[xrd] )/gm)].flatMap(([, words]) =>
              [...words!.matchAll(/-(s|l) (\S+)/g)].map(([, kind, word]) => (kind === 's' ? `-${word}` : `--${word}`)),
            );
    expect(found).toEqual(names);
  });
});

describe('a program of few options', () => {
  const SPEC: CompletionSpec = {
    program: 'few',
    options: [{ names: ['-q', '--quiet'], about: "Don't say: a\\b", value: 'flag' }],
    operands: 'none',
    properties: {},
    pair: '',
  };

  it('has no cases for kinds of words that it does not take', () => {
    for (const script of [bashScript(SPEC), zshScript(SPEC)]) expect(script).toMatch(/case \S+ in\n\n {4}esac\n/);
    expect(fishScript(SPEC).split('\n')).toEqual([
      '# Completion of few for fish: few --completion fish | source',
      'complete -c few -e',
      'complete -c few -f',
      "complete -c few -s q -l quiet -d 'Don\\'t say: a\\\\b'",
      '',
    ]);
  });

  it('is described with its own quotes', () => {
    expect(zshScript(SPEC)).toContain("    '-q:Don'\\''t say: a\\b'\n    '--quiet:Don'\\''t say: a\\b'\n");
  });
});
