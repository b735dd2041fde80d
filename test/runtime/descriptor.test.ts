/** Bun distinguishes a closed standard output from a discarded one; on Node they look the same. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isClosedIn } from '../../src/runtime/descriptor.ts';

const root = join(import.meta.dirname, '../..');
const CLOSED = 'Error: Standard output is closed\n';

describe.skipIf(process.platform !== 'linux')('standard output of Bun', () => {
  it.each([
    ['>&-', true],
    ['<&- >&-', true],
    ['> /dev/null', false],
    ['1<> /dev/null', false],
  ])('%s is closed: %s', (redirection, closed) => {
    for (const [program, args] of [
      ['tssub', '-t a'],
      ['tsrr', '-t a -e b -m x'],
    ]) {
      const command = `node_modules/.bin/bun dist/${program}.cjs -h 127.0.0.1 -p 1 ${args} ${redirection}`;
      const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: root, encoding: 'utf8' });
      expect(status).toBe(1);
      if (closed) expect(stderr).toBe(CLOSED);
      else expect(stderr).toContain('Connection refused');
    }
  });

  it('is known by its flags', () => {
    const info = (flags: string): string => `pos:\t0\nflags:\t${flags}\nmnt_id:\t24\nino:\t3\n`;
    expect(['02100002', '0100002', '0100001', '01', 'x'].map((flags) => isClosedIn(info(flags)))).toEqual([
      true,
      ...[false, false, false, false],
    ]);
  });
});
