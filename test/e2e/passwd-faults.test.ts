/**
 * What goes wrong with files: nothing is lost, and the exit status says whether the change is in place. The same is done
 * with mosquitto_passwd, to show that these are the cases in which it does lose something; where it has learnt better,
 * only ours is looked at.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { cleanUp } from '../support/cleanup.ts';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { canMount } from '../support/mount.ts';
import { commandLine, run, start } from '../support/run.ts';
import { fileOf, tempDir } from '../support/tmp.ts';

const FIELD = `$7$101$2Ms2wqe84uoJ1yef$${'A'.repeat(86)}==`;
const users = (count: number): string => Array.from({ length: count }, (_, i) => `user${i}:${FIELD}\n`).join('');
const plain = (count: number): string => Array.from({ length: count }, (_, i) => `user${i}:secret${i}\n`).join('');

function tryMount(...args: string[]): boolean {
  try {
    execFileSync('mount', args, { stdio: 'ignore' });
    const at = args.at(-1)!;
    cleanUp(() => execFileSync('umount', [at], { stdio: 'ignore' }));
    return true;
  } catch {
    return false;
  }
}

const mayMount = canMount('full and mounted file systems for tspasswd');

describeWithMosquitto('side by side with mosquitto_passwd', () => {
  it('a comment in the middle: it loses what is behind, we do not', async () => {
    const content = `a:${FIELD}\n# staff\n\nb:${FIELD}\n`;
    const theirs = fileOf(content, 'pw');
    await run('mosquitto_passwd', ['-b', theirs, 'new', 'pw']);
    expect(readFileSync(theirs, 'utf8')).not.toContain(`b:${FIELD}`);
    const ours = fileOf(content, 'pw');
    expect((await run('tspasswd', ['-b', ours, 'new', 'pw'])).status).toBe(0);
    expect(readFileSync(ours, 'utf8')).toMatch(/^a:.*\n# staff\n\nb:.*\nnew:.*\n$/);
    expect(readFileSync(ours, 'utf8').startsWith(content)).toBe(true);
  });

  it('no final line end: it glues two users together, we do not', async () => {
    const theirs = fileOf(`a:${FIELD}`, 'pw');
    await run('mosquitto_passwd', ['-b', theirs, 'new', 'pw']);
    expect(readFileSync(theirs, 'utf8').split('\n')).toHaveLength(2);
    const ours = fileOf(`a:${FIELD}`, 'pw');
    await run('tspasswd', ['-b', ours, 'new', 'pw']);
    expect(readFileSync(ours, 'utf8')).toMatch(/^a:.*\nnew:.*\n$/);
  });

  it('twenty at once on a file of ten: all thirty are there', async () => {
    const counts: number[] = [];
    for (const program of ['mosquitto_passwd', 'tspasswd']) {
      const file = fileOf(users(10), 'pw');
      const names = Array.from({ length: 20 }, (_, i) => `new${i}`);
      const results = await Promise.all(names.map((name) => run(program, ['-b', file, name, 'pw'])));
      if (program === 'tspasswd')
        expect(results.map(({ status, stderr }) => `${status}${stderr}`)).toEqual(names.map(() => '0'));
      const there = new Set(
        readFileSync(file, 'utf8')
          .split('\n')
          .map((line) => line.split(':')[0]),
      );
      counts.push(there.size - 1);
      if (program === 'tspasswd') expect(readdirSync(join(file, '..'))).toEqual(['pw']);
    }
    expect(counts[1]).toBe(30);
  });
});

describe('tspasswd', () => {
  it('takes over the lock of a process that was killed, and removes what it left', async () => {
    const file = fileOf(users(1), 'pw');
    const { child, exited } = start('sleep', ['60']);
    const startTime = readFileSync(`/proc/${child.pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')[19];
    child.kill('SIGKILL');
    await exited;
    const { hostname } = await import('node:os');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    const place = [hostname(), boot, execFileSync('readlink', ['/proc/self/ns/pid']).toString().trim()].join('/');
    writeFileSync(`${file}.lock`, [child.pid, startTime, place, 'pw.backup.abcDEF', 'token', ''].join('\n'));
    writeFileSync(`${file}.backup.abcDEF`, 'half');
    expect(await run('tspasswd', ['-b', file, 'new', 'pw'])).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(join(file, '..'))).toEqual(['pw']);
  });

  it('keeps a symbolic link and writes to what it leads to', async () => {
    const file = fileOf(users(1), 'pw');
    const link = join(tempDir(), 'link');
    symlinkSync(file, link);
    expect((await run('tspasswd', ['-b', link, 'new', 'pw'])).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('new:');
    expect(readFileSync(link, 'utf8')).toContain('new:');
  });

  it('keeps hard links', async () => {
    const file = fileOf(users(1), 'pw');
    linkSync(file, `${file}2`);
    expect((await run('tspasswd', ['-b', file, 'new', 'pw'])).status).toBe(0);
    expect(readFileSync(`${file}2`, 'utf8')).toContain('new:');
    expect(readdirSync(join(file, '..'))).toEqual(['pw', 'pw2']);
  });

  it('/dev/full: says so, and fails', async () => {
    const file = await run('tspasswd', ['-b', '/dev/full', 'u', 'p']);
    expect(file).toMatchObject({ status: 1 });
    expect(file.stderr).toContain('Error: /dev/full is not a file.\n');
    const words = commandLine('tspasswd', ['-c', '-b', '-', 'u', 'p']);
    const output = await run('sh', ['-c', 'exec "$@" > /dev/full', 'sh', ...words]);
    expect(output).toMatchObject({
      status: 1,
      stderr: 'Error: Standard output cannot be written: No space left on device\n',
    });
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('%s during -U: the old file or the new one', async (signal) => {
    const old = plain(2_000);
    for (const wait of [30, 80, 150, 250, 350, 500, 700, 900]) {
      const file = fileOf(old, 'pw');
      const running = start('tspasswd', ['-U', '-I', '2000', file]);
      await sleep(wait);
      const { status } = await running.kill(signal);
      const content = readFileSync(file, 'utf8');
      const isNew = /^(user\d+:\$7\$2000\$\S+\n){2000}$/.test(content);
      expect(isNew || content === old).toBe(true);
      if (status === 0) expect(isNew).toBe(true);
      else if (signal !== 'SIGKILL') {
        // A node that is not yet listening dies of the signal.
        expect([null, 130, 143]).toContain(status);
        expect(readdirSync(join(file, '..'))).toEqual(['pw']);
      }
      for (const name of readdirSync(join(file, '..')))
        if (name !== 'pw') expect(readFileSync(join(file, '..', name), 'utf8')).not.toContain('secret1');
    }
  });

  it('--verify of an entry that no machine can compute: 2, the answer is unknown', async () => {
    const file = fileOf('u:$argon2id$v=19$m=4294967295,t=1,p=1$YWFhYWFhYWFhYWE$YmJiYmJiYmJiYmJiYmJiYg\n', 'pw');
    const password = join(tempDir(), 'password');
    writeFileSync(password, 'p\n', { mode: 0o600 });
    expect(await run('tspasswd', ['--password-file', password, '--verify', file, 'u'])).toMatchObject({
      status: 2,
      stderr: 'Error: Unable to hash password.\n',
    });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('%s ends a computation that would take an hour', async (signal) => {
    const folder = tempDir();
    const running = start('tspasswd', ['-I', '2147483647', '-c', '-b', join(folder, 'pw'), 'u', 'p']);
    await sleep(1000);
    // Of the signal itself: a process that exits waits for what it computes.
    expect(await running.kill(signal)).toMatchObject({ signal });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(!mayMount)('a full file system: the file stays, and the exit status is not 0', async () => {
    const folder = tempDir();
    if (!tryMount('-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', folder)) return;
    const file = join(folder, 'pw');
    const content = users(40);
    writeFileSync(file, content, { mode: 0o600 });
    let filled = 0;
    try {
      for (; ; filled++) writeFileSync(join(folder, `fill${filled}`), Buffer.alloc(4096));
    } catch {
      // That is full.
    }
    const add = await run('tspasswd', ['-b', file, 'new', 'pw']);
    expect(add.status).toBe(1);
    expect(add.stderr).toMatch(/^Error copying data to backup password file ".*", not continuing\.\n$/);
    expect(readFileSync(file, 'utf8')).toBe(content);
    const create = await run('tspasswd', ['-c', '-b', join(folder, 'other'), 'new', 'pw']);
    expect(create.status).toBe(1);
    expect(create.stderr).toMatch(/No space left on device\.\n$/);
    expect(readdirSync(folder).filter((name) => !name.startsWith('fill'))).toEqual(['pw']);
  });

  it.skipIf(!mayMount)('a file that is a mount of its own is written in place', async () => {
    const folder = tempDir();
    const source = join(folder, 'source');
    writeFileSync(source, `# kept\n${users(3)}`, { mode: 0o640 });
    mkdirSync(join(folder, 'at'));
    const target = join(folder, 'at', 'pw');
    writeFileSync(target, '');
    if (!tryMount('--bind', source, target)) return;
    const { ino } = statSync(source);
    expect(await run('tspasswd', ['-b', target, 'user1', 'pw'])).toMatchObject({ status: 0, stderr: '' });
    expect(await run('tspasswd', ['-D', target, 'user2'])).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(source, 'utf8')).toMatch(/^# kept\nuser0:\S+\nuser1:\$7\$1000\S+\n$/);
    expect(statSync(source)).toMatchObject({ ino, mode: 0o100640 });
    expect(readdirSync(join(folder, 'at'))).toEqual(['pw']);
  });

  it('a new file has mode 0600 whatever the umask, and nothing else remains', async () => {
    const folder = tempDir();
    chmodSync(folder, 0o755);
    for (const umask of ['000', '077', '777']) {
      const file = join(folder, `pw${umask}`);
      const words = commandLine('tspasswd', ['-c', '-b', file, 'u', 'p']);
      await run('sh', ['-c', `umask ${umask}; exec "$@"`, 'sh', ...words]);
      expect(statSync(file).mode & 0o7777).toBe(0o600);
    }
    expect(readdirSync(folder)).toHaveLength(3);
  });
});
