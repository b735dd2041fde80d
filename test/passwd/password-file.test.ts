/**
 * A change of a file when any single call of the system fails: the old contents or the new ones, never anything else.
 * Covers src/passwd/password-file-error.ts, src/passwd/replace.ts, src/runtime/lock-file.ts,
 * src/runtime/processes.ts.
 */
import * as real from 'node:fs';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import {
  changeFile,
  checkFolder,
  createPasswordFile,
  lockElsewhere,
  type OpenedFile,
  openFile,
  warnings,
} from '../../src/passwd/password-file.ts';
import type { PasswordFileError } from '../../src/passwd/password-file-error.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { FileSystem } from '../../src/runtime/files.ts';
import type { LockSystem } from '../../src/runtime/lock-file.ts';
import { systemProcesses } from '../../src/runtime/processes.ts';
import { tempDir } from '../support/tmp.ts';

const OLD = 'a:old\n';
const NEW = 'a:new and longer\n';

interface Faulty {
  readonly around: LockSystem;
  /** The calls made so far. */
  readonly calls: string[];
}

/** Fails the call with this number, and with `lasting` every later one of the same name. */
function faulty(at: number, code: string, lasting = false, also: readonly string[] = []): Faulty {
  const calls: string[] = [];
  let failing: string | undefined;
  const fs = new Proxy(real, {
    get(target, name: string) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function' || !name.endsWith('Sync')) return value;
      return (...args: unknown[]) => {
        if (calls.push(name) - 1 === at) failing = name;
        if (calls.length - 1 === at || (lasting && name === failing) || also.includes(name))
          throw Object.assign(new Error(code), { code });
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  }) as unknown as FileSystem;
  const around = { fs, processes: systemProcesses, clock: systemClock, random: Math.random, now: Date.now };
  return { around, calls };
}

async function outcome(work: Promise<void>): Promise<'done' | 'failed'> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(error.status).not.toBe(0);
    return 'failed';
  }
}

describe.each(['ENOSPC', 'EIO', 'EACCES', 'EBUSY'])('with %s from one call', (code) => {
  it.each([false, true])('a change is whole or not made at all (lasting: %s)', async (lasting) => {
    for (let at = 0; ; at++) {
      const file = join(tempDir(), 'pw');
      writeFileSync(file, OLD, { mode: 0o600 });
      const { around, calls } = faulty(at, code, lasting);
      const result = await outcome(changeFile(file, around, () => Buffer.from(NEW)));
      if (calls.length <= at) break;
      const content = readFileSync(file, 'utf8');
      const which = `call ${at} of ${calls.join(' ')}`;
      expect([OLD, NEW], which).toContain(content);
      if (result === 'done') expect(content, which).toBe(NEW);
      if (!lasting && !['unlinkSync', 'closeSync', 'readFileSync'].includes(calls[at]!))
        expect(readdirSync(join(file, '..')), which).toEqual(['pw']);
    }
  });

  it('a change in place is whole, or the new contents are beside it', async () => {
    for (let at = 0; ; at++) {
      const file = join(tempDir(), 'pw');
      writeFileSync(file, OLD, { mode: 0o600 });
      real.linkSync(file, `${file}2`);
      const { around, calls } = faulty(at, code, true);
      const result = await outcome(changeFile(file, around, () => Buffer.from(NEW)));
      if (calls.length <= at) break;
      const content = readFileSync(file, 'utf8');
      const copies = readdirSync(join(file, '..')).filter((name) => name.includes('.backup.'));
      const saved = copies.some((name) => readFileSync(join(file, '..', name), 'utf8') === NEW);
      expect(content === NEW || (result === 'failed' && (content === OLD || saved)), `call ${at}`).toBe(true);
    }
  });

  it('a new file is whole or not there', async () => {
    for (let at = 0; ; at++) {
      const folder = tempDir();
      mkdirSync(join(folder, 'x'));
      const file = join(folder, 'x', 'pw');
      const { around, calls } = faulty(at, code);
      const result = await outcome(createPasswordFile(file, around, Buffer.from(NEW), false));
      if (calls.length <= at) break;
      const there = real.existsSync(file);
      if (result === 'done') expect(there).toBe(true);
      if (there) expect(readFileSync(file, 'utf8')).toBe(NEW);
    }
  });
});

describe('a file that cannot be used', () => {
  const textOf = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      return (error as PasswordFileError).text;
    }
    return '';
  };
  /** The system, with another stat for what is open. */
  const withStat = (stat: object): FileSystem =>
    ({
      ...real,
      fstatSync: (fd: number) => Object.assign(real.fstatSync(fd), stat),
    }) as unknown as FileSystem;
  const file = (): string => {
    const path = join(tempDir(), 'pw');
    writeFileSync(path, OLD);
    return path;
  };

  it('that is missing gets the advice to create it, where an entry is to be added', () => {
    const remedyOf = (access: 'read' | 'change'): unknown => {
      try {
        openFile(real as unknown as FileSystem, `${file()}x`, access);
      } catch (error) {
        return (error as PasswordFileError).remedy;
      }
      return 'opened';
    };
    expect([remedyOf('change'), remedyOf('read')]).toEqual([{ code: 'password-file-missing' }, undefined]);
  });

  it('is reported with its path and the reason, in the words of mosquitto_passwd', () => {
    const path = file();
    real.symlinkSync(path, `${path}.link`);
    const folder = join(path, '..');
    const fs = real as unknown as FileSystem;
    expect(textOf(() => openFile(fs, `${path}x`, 'read'))).toBe(
      `Error: Unable to open password file ${path}x. No such file or directory.\n`,
    );
    expect(textOf(() => openFile(fs, folder, 'read'))).toBe(
      `Error: Unable to open password file ${folder}. Is a directory.\n`,
    );
    expect(textOf(() => openFile(fs, `${path}.link`, 'change'))).toMatch(
      /^Error: Unable to open password file .*link\. /,
    );
    expect(openFile(fs, `${path}.link`, 'change', true).content.toString()).toBe(OLD);
    expect(openFile(fs, path, 'read')).toMatchObject({ path, content: Buffer.from(OLD) });
    expect(textOf(() => openFile(withStat({ isFile: () => false }), path, 'read'))).toBe(
      `Error: ${path} is not a file.\nError: Unable to open password file ${path}. Invalid argument.\n`,
    );
    const most = 256 * 1024 * 1024;
    expect(textOf(() => openFile(withStat({ size: most + 1 }), path, 'read'))).toBe(
      `Error: Password file ${path} is too large: ${most + 1} bytes, the limit is ${most}.\n`,
    );
    expect(openFile(withStat({ size: most }), path, 'read').content.toString()).toBe(OLD);
  });

  it('is one in a folder that takes no other', () => {
    const asked: unknown[] = [];
    let code = 'ENOENT';
    const refusing = {
      accessSync: (...args: unknown[]) => {
        asked.push(args);
        throw Object.assign(new Error(code), { code });
      },
    } as unknown as FileSystem;
    for (const [path, folder] of [
      ['/a/b/pw', '/a/b/'],
      ['pw', '.'],
      ['/pw', '/'],
    ] as const) {
      expect(textOf(() => checkFolder(refusing, path))).toMatch(
        new RegExp(`^Error creating backup password file "${path}\\.backup\\.[A-Za-z0-9]{6}", not continuing\\.\n$`),
      );
      expect(asked.pop()).toEqual([folder, real.constants.W_OK]);
    }
    for (code of ['EACCES', 'EPERM', 'EROFS'])
      expect(checkFolder(refusing, '/a/pw')).toBe(
        'Warning: The directory of /a/pw is not writable. The file is changed in place: a kill or a power cut can damage it.',
      );
  });

  it('is warned of when others can get at it', () => {
    const account = { uid: 1, gid: 2, user: 'me', group: 'us' };
    const linesFor = (stat: OpenedFile['stat'], known = true): string[] =>
      warnings({ path: 'pw', content: Buffer.alloc(0), stat }, known ? account : undefined);
    const later = 'Future versions will refuse to load this file.';
    expect(linesFor({ mode: 0o100660, uid: 1, gid: 2 })).toEqual([]);
    for (const mode of [0o100601, 0o100602, 0o100604])
      expect(linesFor({ mode, uid: 1, gid: 2 })).toEqual([
        `Warning: File pw has world readable permissions. ${later}`,
        'To fix this, use `chmod 0600 pw`.',
      ]);
    expect(linesFor({ mode: 0o100600, uid: 9, gid: 9 })).toEqual([
      `Warning: File pw owner is not me. ${later}`,
      `Warning: File pw group is not us. ${later}`,
    ]);
    expect(linesFor({ mode: 0o100600, uid: 9, gid: 9 }, false)).toEqual([]);
  });

  it('is not warned of when it belongs to the user of the broker, or to a group of it', () => {
    const account = { uid: 0, gid: 0, user: 'root', group: 'root' };
    const broker = { name: 'mosquitto', uid: 102, groups: [105, 7] };
    const count = (mode: number, uid: number, gid: number): number =>
      warnings({ path: 'pw', content: Buffer.alloc(0), stat: { mode, uid, gid } }, account, broker).length;
    expect([count(0o100600, 102, 105), count(0o100600, 102, 9), count(0o100640, 0, 7)]).toEqual([0, 0, 0]);
    expect([count(0o100640, 0, 9), count(0o100600, 9, 105), count(0o100604, 102, 105)]).toEqual([1, 1, 2]);
  });

  it('is not replaced, unless that is forced', async () => {
    const path = file();
    const { around } = faulty(-1, '');
    const again = createPasswordFile(path, around, Buffer.from(NEW), false);
    await expect(again).rejects.toMatchObject({
      text: `Error: Unable to open file ${path} for writing. File exists.\n`,
      remedy: { code: 'password-file-exists' },
    });
    expect(readFileSync(path, 'utf8')).toBe(OLD);
    await createPasswordFile(path, around, Buffer.from(NEW), true);
    expect(readFileSync(path, 'utf8')).toBe(NEW);
    // A link that leads nowhere counts as existing.
    real.symlinkSync('nowhere', `${path}.link`);
    await expect(createPasswordFile(`${path}.link`, around, Buffer.from(NEW), false)).rejects.toThrow('File exists');
  });

  it('is left as it is when there is nothing to change', async () => {
    const path = file();
    const { around } = faulty(-1, '');
    const { ino } = real.statSync(path);
    await changeFile(path, around, () => undefined);
    expect([readFileSync(path, 'utf8'), real.statSync(path).ino, readdirSync(join(path, '..'))]).toEqual([
      OLD,
      ino,
      ['pw'],
    ]);
  });
});

describe('in a folder in which nothing can be made', () => {
  /** The system, where such a folder is, with other calls in place of some. */
  const unwritable = (path: string, calls: Partial<FileSystem> = {}): LockSystem => {
    const { around } = faulty(-1, '');
    const openSync = (name: string, flags: string, mode: number): number => {
      if (flags === 'wx' && name.startsWith(path)) throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
      return real.openSync(name, flags, mode);
    };
    return { ...around, fs: { ...around.fs, ...real, openSync, ...calls } as unknown as FileSystem };
  };
  const withContent = (content: string): string => {
    const path = join(tempDir(), 'pw');
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };

  it('a change waits for another one, and both are made', async () => {
    const path = withContent(OLD);
    const around = unwritable(path);
    const other = (await lockElsewhere(path, around))!;
    let waits = 0;
    const clock = {
      ...systemClock,
      callAt: (_: number, goOn: () => void) => {
        if (++waits === 2) {
          real.appendFileSync(path, 'b:other\n');
          other.release();
        }
        queueMicrotask(goOn);
        return () => {};
      },
    };
    await changeFile(path, { ...around, clock }, (content) => Buffer.concat([content, Buffer.from('c:mine\n')]));
    expect([waits, readFileSync(path, 'utf8')]).toEqual([2, `${OLD}b:other\nc:mine\n`]);
    // It has left no lock.
    (await lockElsewhere(path, around))!.release();
  });

  it('a change is made also without a place for a lock', async () => {
    const path = withContent(OLD);
    const around = unwritable('/');
    await changeFile(path, around, () => Buffer.from(NEW));
    expect(readFileSync(path, 'utf8')).toBe(NEW);
  });

  it('a kill before the end of a shorter file is cut off leaves no old lines', async () => {
    const path = withContent('a:one\nb:two\nc:three\n');
    const around = unwritable(path, {
      ftruncateSync: () => {
        throw new Error('killed');
      },
    });
    await expect(changeFile(path, around, () => Buffer.from('a:one\nc:three\n'))).rejects.toThrow('killed');
    expect(readFileSync(path, 'utf8')).toBe('a:one\nc:three\n\n\n\n\n\n\n');
  });
});
