/** What of tsspool needs a process or a mount: the umask, users for whom modes count, full disks. */
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cleanUp } from '../../support/cleanup.ts';
import { canMount } from '../../support/mount.ts';
import { root } from '../../support/root.ts';
import { childEnv, run } from '../../support/run.ts';
import { tempDir } from '../../support/tmp.ts';
import { filled, tsspool } from './rig.ts';

const mayMount = canMount('a spool on a file system that cannot be written');

describe('the folder of tsspool', () => {
  it('can be made by a user for whom modes count, whatever the umask', async () => {
    const folder = join(tempDir(), 'spool');
    const command = `umask 777; exec "$@"`;
    // All that makes root see what it has no right to.
    const mortal = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];
    const argv = [...mortal, process.execPath, join(root, 'bin/tsspool.js'), folder, 'import'];
    const stdin = '{"topic":"a","payload":null}';
    for (let i = 1; i <= 2; i++) {
      const { status, stdout, stderr } = await run('sh', ['-c', command, 'sh', ...argv], { stdin, env: childEnv() });
      expect([status, stdout.toString(), stderr]).toEqual([0, `${folder}: 1 message imported\n`, '']);
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it.runIf(mayMount)('can be looked into where it cannot be written, though it is open to others', async () => {
    const folder = await filled();
    chmodSync(folder, 0o755);
    const mounted = tempDir();
    execFileSync('mount', ['--bind', folder, mounted]);
    cleanUp(() => void execFileSync('umount', [mounted]));
    execFileSync('mount', ['-o', 'remount,ro,bind', mounted]);
    const warning = `Warning: The spool ${mounted} is open to other users, on a read-only file system\n`;
    expect(await tsspool([mounted, 'verify'])).toMatchObject({ status: 0, stderr: warning });
    expect(await tsspool([mounted, 'drop', '1'])).toEqual({
      status: 1,
      stdout: '',
      stderr: `${warning}Error: ${mounted}/sender.lock cannot be created: Read-only file system\n`,
    });
  });

  it('is for its owner alone, whatever the umask, and so is everything in it', async () => {
    for (const umask of ['000', '077', '177']) {
      const folder = join(tempDir(), 'spool');
      const { status } = await run(
        'sh',
        ['-c', `umask ${umask}; exec "$@"`, 'sh', process.execPath, join(root, 'bin/tsspool.js'), folder, 'import'],
        { stdin: '{"topic":"a","payload":null}', env: childEnv() },
      );
      expect(status).toBe(0);
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    }
  });

  it('/dev/full: an error, not silence', async () => {
    const folder = await filled();
    for (const form of ['list', 'export', 'shape']) {
      const { status, stderr } = await run('sh', [
        '-c',
        'exec "$@" > /dev/full',
        'sh',
        process.execPath,
        join(root, 'bin/tsspool.js'),
        folder,
        form,
      ]);
      expect([status, stderr]).toEqual([1, 'Error: Standard output cannot be written: No space left on device\n']);
    }
  });

  it('is not a named pipe, of which no other process has the other end open', async () => {
    const at = join(tempDir(), 'x');
    execFileSync('mkfifo', [at]);
    expect((await tsspool([at, 'list'])).stderr).toBe(`Error: The spool ${at} is not a directory\n`);
  });
});
