/** A change of a file when any single call of the system fails: the old contents or the new ones, never anything else. */
import * as real from 'node:fs';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import type { Surroundings } from '../../src/passwd/lock.ts';
import { changeFile, createPasswordFile } from '../../src/passwd/password-file.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { FileSystem } from '../../src/runtime/files.ts';
import { systemProcesses } from '../../src/runtime/processes.ts';
import { tempDir } from '../support/tmp.ts';

const OLD = 'a:old\n';
const NEW = 'a:new and longer\n';

interface Faulty {
  readonly around: Surroundings;
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
