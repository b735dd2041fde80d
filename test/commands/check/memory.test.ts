/** The file of --state, and files that are replaced as a whole. Covers src/commands/check/write-whole.ts. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { remembering } from '../../../src/commands/check/memory.ts';
import { writeWhole } from '../../../src/commands/check/write-whole.ts';
import { tempDir } from '../../support/tmp.ts';

describe('--state', () => {
  it('begins empty, and has what was remembered the next time', () => {
    const path = join(tempDir('file'), 'state');
    const first = remembering(path);
    expect(first.memory.topics.size).toBe(0);
    first.remember(
      new Map([
        ['a/__proto__', { since: 1, heard: 2, digest: 3 }],
        ['__proto__', { since: 4 }],
      ]),
    );
    expect([...remembering(path).memory.topics]).toEqual([
      ['a/__proto__', { since: 1, heard: 2, digest: 3 }],
      ['__proto__', { since: 4 }],
    ]);
  });

  it('keeps the topics that others have written meanwhile', () => {
    const path = join(tempDir('file'), 'state');
    const [one, other] = [remembering(path), remembering(path)];
    one.remember(new Map([['a', { since: 1 }]]));
    other.remember(new Map([['b', { since: 2 }]]));
    expect([...remembering(path).memory.topics.keys()]).toEqual(['a', 'b']);
  });

  it.each(['', 'x', '{}', '{"topics":[]}', '{"topics":{"a":1}}', '{"topics":{"a":{"since":1,"heard":"x"}}}'])(
    'refuses a file with %j',
    (text) => {
      const path = join(tempDir('file'), 'state');
      writeFileSync(path, text);
      expect(() => remembering(path)).toThrow(`The --state file "${path}" was not written by tscheck`);
    },
  );
});

describe('a file that is written as a whole', () => {
  it('replaces the old one and leaves nothing beside it', () => {
    const folder = tempDir('file');
    const path = join(folder, 'a.prom');
    writeWhole(path, Buffer.from('one'), '--output');
    writeWhole(path, Buffer.from('two'), '--output');
    expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['two', ['a.prom']]);
  });

  it('is not a pipe, whose reader may never come', () => {
    const path = join(tempDir('file'), 'pipe');
    execFileSync('mkfifo', [path]);
    expect(() => writeWhole(path, Buffer.from('x'), '--output')).toThrow('it is a pipe, and nothing may be reading it');
  });

  it('names the option, the file and the reason', () => {
    const path = join(tempDir('file'), 'none', 'a');
    expect(() => writeWhole(path, Buffer.from('x'), '--output')).toThrow(
      `Unable to write the --output file "${path}": No such file or directory`,
    );
  });
});
