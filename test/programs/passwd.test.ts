/** tspasswd at a terminal that the test plays, and what a full disk or a signal makes of it. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { computesLong } from '../../src/passwd/schemes.ts';
import { type FileSystem, systemFiles } from '../../src/runtime/files.ts';
import { tempDir } from '../support/tmp.ts';
import { runTool } from '../support/tools.ts';

const newFile = (): string => join(tempDir(), 'pw');
const users = (file: string): string[] =>
  readFileSync(file, 'latin1')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(':')[0]!);
const verified = async (file: string, user: string, password: string): Promise<number> =>
  (await runTool('tspasswd', ['--verify', '-b', file, user, password])).status;

describe('a password that is typed', () => {
  it('is asked for twice, unseen, and stored', async () => {
    const file = newFile();
    const { status, stdout, stderr, shown } = await runTool('tspasswd', ['-c', file, 'rajan'], {
      typed: ['geh', 'eim\r', 'geheim\r'],
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(`${stdout}${shown}`).not.toContain('geheim');
    expect(shown).toContain('Password: ');
    expect(shown).toContain('Reenter password: ');
    expect([users(file), await verified(file, 'rajan', 'geheim'), await verified(file, 'rajan', 'other')]).toEqual([
      ['rajan'],
      0,
      1,
    ]);
  });

  it.each([
    ['twice in two ways', ['one\r', 'two\r'], 2, 'Error: Passwords do not match.\n'],
    ['as nothing', ['\r'], 1, /^Error: Empty password/],
    ['to the end of the terminal', [], 1, /^Error: Empty password/],
  ] as const)('%s leaves no file', async (_, typed, status, says) => {
    const file = newFile();
    const outcome = await runTool('tspasswd', ['-c', file, 'rajan'], { typed });
    expect(outcome.status).toBe(status);
    if (typeof says === 'string') expect(outcome.stderr).toBe(says);
    else expect(outcome.stderr).toMatch(says);
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['Ctrl-C', '\u0003', 130],
    ['Ctrl-\\', '\u001c', 131],
  ])('with %s at the prompt ends with its signal and changes nothing', async (_, key, status) => {
    const file = newFile();
    writeFileSync(file, 'anna:x\n');
    const outcome = await runTool('tspasswd', [file, 'rajan'], { typed: ['abc', key] });
    expect([outcome.status, readFileSync(file, 'latin1')]).toEqual([status, 'anna:x\n']);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const)('and never comes, with %s, ends with %i and changes nothing', async (signal, status) => {
    const file = newFile();
    writeFileSync(file, 'anna:x\n');
    const outcome = await runTool('tspasswd', [file, 'rajan'], { typed: ['abc'], signal });
    expect([outcome.status, readFileSync(file, 'latin1')]).toEqual([status, 'anna:x\n']);
  });
});

describe('SIGTERM', () => {
  it('at a prompt does not end at once: the terminal must get its echo back first', async () => {
    const outcome = await runTool('tspasswd', ['-c', newFile(), 'rajan'], { typed: ['abc'], signal: 'SIGTERM' });
    expect([outcome.status, outcome.endedBy]).toEqual([143, []]);
  });

  it('while a password is hashed that takes its time ends the process by itself, and changes nothing', async () => {
    const file = newFile();
    writeFileSync(file, 'anna:x\n');
    const words = ['-I', '1000001', '-b', file, 'rajan', 'x'];
    const outcome = await runTool('tspasswd', words, { signalAtWork: 'SIGTERM' });
    const content = readFileSync(file, 'latin1');
    expect([outcome.status, outcome.endedBy, content]).toEqual([143, ['SIGTERM'], 'anna:x\n']);
    // Here the process goes on, and so does its thread: no other test is to meet it.
    await vi.waitUntil(() => !computesLong(), { timeout: 30_000, interval: 10 });
  });
});

describe('a password from a pipe', () => {
  it('is read twice, with the prompts on standard output as mosquitto_passwd has them', async () => {
    const file = newFile();
    const { status, stdout } = await runTool('tspasswd', ['-c', file, 'rajan'], { stdin: 'geheim\ngeheim\n' });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/Password: \nReenter password: \n/)]);
    expect(await verified(file, 'rajan', 'geheim')).toBe(0);
  });

  it('is one line for --verify', async () => {
    const file = newFile();
    await runTool('tspasswd', ['-b', '-c', file, 'rajan', 'geheim']);
    expect((await runTool('tspasswd', ['--verify', file, 'rajan'], { stdin: 'geheim\n' })).status).toBe(0);
    expect((await runTool('tspasswd', ['--verify', file, 'rajan'], { stdin: 'wrong\n' })).status).toBe(1);
  });
});

describe('a file', () => {
  it.each([
    ['--hash sha512-pbkdf2', /^rajan:\$7\$/],
    ['-H sha512', /^rajan:\$6\$/],
    ['-H sha512-pbkdf2 -I 2', /^rajan:\$7\$2\$/],
  ])('has the hash that %s asks for', async (words, form) => {
    const file = newFile();
    const { status, stderr } = await runTool('tspasswd', [
      ...words.replace('--hash', '-H').split(' '),
      '-b',
      '-c',
      file,
      'rajan',
      'x',
    ]);
    expect([status, stderr]).toEqual([0, '']);
    expect(readFileSync(file, 'latin1')).toMatch(form);
    expect(await verified(file, 'rajan', 'x')).toBe(0);
  });

  it('keeps what it has beside the user that is added, changed or deleted', async () => {
    const file = newFile();
    writeFileSync(file, '# users\n\nanna:x\n');
    expect((await runTool('tspasswd', ['-b', file, 'rajan', 'one'])).status).toBe(0);
    expect((await runTool('tspasswd', ['-b', file, 'rajan', 'two'])).status).toBe(0);
    expect([users(file), await verified(file, 'rajan', 'two')]).toEqual([['# users', '', 'anna', 'rajan'], 0]);
    expect((await runTool('tspasswd', ['-D', file, 'rajan'])).status).toBe(0);
    expect(readFileSync(file, 'latin1')).toBe('# users\n\nanna:x\n');
    expect(await runTool('tspasswd', ['-D', file, 'ra\u202ejan'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Warning: User ra\\u202ejan not found in password file.\n'),
    });
    expect(readFileSync(file, 'latin1')).toBe('# users\n\nanna:x\n');
  });

  it('is printed in place of being written with -, and a full disk there is reported', async () => {
    const printed = await runTool('tspasswd', ['-c', '-b', '-', 'rajan', 'x']);
    expect([printed.status, printed.stdout]).toEqual([0, expect.stringMatching(/^rajan:\$7\$/)]);
    const full = await runTool('tspasswd', ['-c', '-b', '-', 'rajan', 'x'], { full: { room: 3, errno: 'ENOSPC' } });
    expect(full.status).not.toBe(0);
    expect(full.stderr).toContain('No space left on device');
    const gone = await runTool('tspasswd', ['--help'], { full: { room: 0, errno: 'EPIPE' } });
    expect([gone.status, gone.stderr]).toEqual([141, '']);
  });

  it.each([['--help'], ['--help', 'all'], ['--version'], ['--completion', 'bash']])(
    '%s %s is text, and 0',
    async (...words) => {
      const { status, stdout, stderr } = await runTool('tspasswd', words);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toContain('tspasswd');
    },
  );
});

describe('a file of root that the broker, as a user of its own, cannot read', () => {
  const broker = { name: 'mosquitto', uid: 102, groups: [105, 7] };
  type Owner = { readonly uid: number; readonly gid: number; readonly mode: number };
  /** A file as root has it, whoever runs this, and the folders above it. */
  const owned = (stat: Owner, folders: (path: string) => Owner = () => OPEN): Partial<FileSystem> => {
    const dressed =
      (call: (...args: never[]) => unknown) =>
      (...args: never[]): unknown => {
        const found = call(...args);
        return found === undefined ? found : Object.assign(found as object, stat);
      };
    return {
      lstatSync: dressed(systemFiles.lstatSync) as FileSystem['lstatSync'],
      fstatSync: dressed(systemFiles.fstatSync) as FileSystem['fstatSync'],
      statSync: ((path: string) => folders(path)) as FileSystem['statSync'],
    };
  };
  const OPEN: Owner = { uid: 0, gid: 0, mode: 0o755 };
  const REGULAR = 0o100000;
  const root = { uid: 0, gid: 0, mode: REGULAR | 0o600 };
  const FAULT = 'he broker, as user mosquitto, cannot read this file';

  it('is hinted at, when it is made, with the command that helps', async () => {
    const file = newFile();
    const { status, stderr } = await runTool('tspasswd', ['-b', '-c', file, 'rajan', 'x'], {
      disk: owned(root),
      broker,
    });
    expect([status, stderr]).toEqual([0, `Hint: T${FAULT}. Run: chown mosquitto: ${file}\n`]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    // Reported once.
    expect((await runTool('tspasswd', ['-b', file, 'anna', 'x'], { disk: owned(root), broker })).stderr).toBe('');
  });

  it('is named by --check, with 1', async () => {
    const file = newFile();
    await runTool('tspasswd', ['-b', '-c', file, 'rajan', 'x']);
    const options = { disk: owned(root), broker };
    expect(await runTool('tspasswd', ['--check', file], options)).toMatchObject({
      status: 1,
      stdout: `${file}: t${FAULT}\n`,
      stderr: `Hint: Run: chown mosquitto: ${file}\n`,
    });
    const { status, stdout } = await runTool('tspasswd', ['--check', '--json', file], options);
    expect([status, JSON.parse(stdout)]).toEqual([1, { file, entries: 1, problems: [], unreadable: `t${FAULT}` }]);
  });

  it('is one of its own without a bit for it, too', async () => {
    const file = newFile();
    await runTool('tspasswd', ['-b', '-c', file, 'rajan', 'x']);
    const disk = owned({ uid: 102, gid: 105, mode: REGULAR | 0o044 });
    expect(await runTool('tspasswd', ['--check', file], { disk, broker })).toMatchObject({
      status: 1,
      stdout: `${file}: t${FAULT}\n`,
      stderr: `Hint: Run: chmod u+r ${file}\n`,
    });
  });

  it.each<[string, Owner]>([
    ["is root's alone", { uid: 0, gid: 0, mode: 0o700 }],
    ['is closed to its group', { uid: 0, gid: 7, mode: 0o701 }],
    ['is its own, and closed', { uid: 102, gid: 105, mode: 0o011 }],
  ])('is one that it could read, in a folder that %s', async (_, stat) => {
    const file = relative(process.cwd(), newFile());
    const folder = resolve(file, '../..');
    const closed = (path: string): Owner => (path === folder ? stat : OPEN);
    const options = { disk: owned({ ...root, mode: REGULAR | 0o644 }, closed), broker };
    const hint = `User mosquitto may not enter the directory "${folder}". Move the file, or run: chmod a+x ${folder}\n`;
    const made = await runTool('tspasswd', ['-b', '-c', file, 'rajan', 'x'], options);
    expect([made.status, made.stderr]).toEqual([0, `Hint: T${FAULT}. ${hint}`]);
    expect(await runTool('tspasswd', ['--check', file], options)).toMatchObject({
      status: 1,
      stdout: `${file}: t${FAULT}\n`,
      stderr: `Hint: ${hint}`,
    });
  });

  it.each([
    ['there is no such user', root, undefined],
    ['the file is of that user', { ...root, uid: 102 }, broker],
    ['a group of that user may read it', { ...root, gid: 7, mode: REGULAR | 0o640 }, broker],
    ['everybody may read it', { ...root, mode: REGULAR | 0o604 }, broker],
    ['it is of another user, who has a broker of their own', { ...root, uid: 1000, gid: 1000 }, broker],
  ])('is not reported where %s', async (_, stat, who) => {
    const file = newFile();
    const options = { disk: owned(stat), ...(who !== undefined && { broker: who }) };
    const added = await runTool('tspasswd', ['-b', '-c', file, 'anna', 'x'], options);
    const checked = await runTool('tspasswd', ['--check', file], options);
    expect([added.status, added.stderr.includes(FAULT)]).toEqual([0, false]);
    expect([checked.status, checked.stderr]).toEqual([0, '']);
  });

  it('is one of a root whose broker is root as well: never', async () => {
    const file = newFile();
    const options = { disk: owned(root), broker: { name: 'mosquitto', uid: 0, groups: [0] } };
    expect((await runTool('tspasswd', ['-b', '-c', file, 'anna', 'x'], options)).stderr).toBe('');
  });
});

describe('a file in a folder that may not be written', () => {
  /** Nothing can be made there, but what is there can be opened. */
  const closed = (more: Partial<FileSystem> = {}): Partial<FileSystem> => {
    const denied = (): never => {
      throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
    };
    const openSync: FileSystem['openSync'] = (path, flags, mode) =>
      flags === 'wx' ? denied() : systemFiles.openSync(path, flags, mode);
    return { accessSync: denied, linkSync: denied, renameSync: denied, unlinkSync: denied, openSync, ...more };
  };
  const warned = (file: string): string =>
    `Warning: The directory of ${file} is not writable. The file is changed in place: a kill or a power cut can damage it.\n`;
  const withUser = (content: string): string => {
    const file = newFile();
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  };

  it('is changed in place, synced, and stays the same file', async () => {
    const file = withUser('# users\nanna:x\n');
    const { ino } = statSync(file);
    const synced: string[] = [];
    const fsyncSync: FileSystem['fsyncSync'] = (fd) => {
      synced.push(readFileSync(file, 'latin1'));
      systemFiles.fsyncSync(fd);
    };
    const add = await runTool('tspasswd', ['-b', file, 'rajan', 'x'], { disk: closed({ fsyncSync }) });
    expect([add.status, add.stderr]).toEqual([0, warned(file)]);
    expect(readFileSync(file, 'latin1')).toMatch(/^# users\nanna:x\nrajan:\$7\$\S+\n$/);
    expect(synced).toEqual([readFileSync(file, 'latin1')]);
    const shorter = await runTool('tspasswd', ['-D', file, 'rajan'], { disk: closed() });
    expect([shorter.status, readFileSync(file, 'latin1'), statSync(file).ino]).toEqual([0, '# users\nanna:x\n', ino]);
    expect(readdirSync(join(file, '..'))).toHaveLength(1);
  });

  it('is filled by -c when it is empty, and refused when it is not there', async () => {
    const file = withUser('');
    expect((await runTool('tspasswd', ['-b', '-c', file, 'rajan', 'x'], { disk: closed() })).status).toBe(0);
    expect(users(file)).toEqual(['rajan']);
    const missing = newFile();
    const refused = await runTool('tspasswd', ['-b', '-c', missing, 'rajan', 'x'], { disk: closed() });
    expect([refused.status, refused.stderr]).toEqual([
      1,
      `Error: Unable to open file ${missing} for writing. Permission denied.\n`,
    ]);
  });

  it('is put back as it was when the disk is full, and reported as damaged when that fails too', async () => {
    const file = withUser('anna:x\n');
    let left = 3;
    const full = (until: number): Partial<FileSystem> => {
      left = until;
      const writeSync = (fd: number, bytes: Uint8Array, at: number, length: number, position: number): number => {
        if (left-- > 0) return systemFiles.writeSync(fd, bytes, at, Math.min(length, 2), position);
        if (left > -2) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
        if (until === 0) throw Object.assign(new Error('EIO'), { code: 'EIO' });
        return systemFiles.writeSync(fd, bytes, at, length, position);
      };
      return closed({ writeSync: writeSync as unknown as FileSystem['writeSync'] });
    };
    const failed = await runTool('tspasswd', ['-b', file, 'rajan', 'x'], { disk: full(3) });
    expect([failed.status, failed.stderr, readFileSync(file, 'latin1')]).toEqual([
      1,
      `${warned(file)}Error: Unable to write password file ${file}. No space left on device.\n`,
      'anna:x\n',
    ]);
    const damaged = await runTool('tspasswd', ['-b', file, 'rajan', 'x'], { disk: full(0) });
    expect([damaged.status, damaged.stderr]).toEqual([
      1,
      `${warned(file)}Error occurred updating password file.\nPassword file ${file} may be corrupt.\n`,
    ]);
  });
});
