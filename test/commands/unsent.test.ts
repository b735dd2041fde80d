import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formFor, UnsentFile } from '../../src/commands/unsent.ts';
import { type FileSystem, systemFiles } from '../../src/runtime/files.ts';
import { tempDir } from '../support/tmp.ts';

const text = (value: string): Buffer => Buffer.from(value, 'latin1');
const full = (): never => {
  throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
};

/** A disk that takes so many bytes. */
function disk(room: number): FileSystem {
  const writeSync = (fd: number, bytes: Uint8Array, at: number, length: number): number => {
    if (room === 0) return full();
    const taken = Math.min(room, length);
    room -= taken;
    return systemFiles.writeSync(fd, bytes, at, taken);
  };
  return { ...systemFiles, writeSync: writeSync as FileSystem['writeSync'] };
}

describe('the file of what was not sent', () => {
  it('has records as they came, in order, also over many blocks', () => {
    const path = join(tempDir(), 'file');
    const file = new UnsentFile(path, 'lines', systemFiles);
    const records = Array.from({ length: 500 }, (_, i) => `${i}${'x'.repeat(i * 7)}`);
    for (const record of records) file.put(text(record));
    expect(file.finish()).toEqual({
      complete: true,
      text: `Warning: 500 messages were not delivered: they are in ${path} (send with -l).`,
    });
    expect(readFileSync(path, 'latin1')).toBe(records.map((record) => `${record}\n`).join(''));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is warned of when it is there already and others can read it', () => {
    const path = join(tempDir(), 'file');
    expect(new UnsentFile(path, 'lines', systemFiles).warning).toBeUndefined();
    writeFileSync(path, '');
    for (const [mode, warning] of [
      [0o600, undefined],
      [0o640, `Warning: Other users can read the file of --unsent "${path}" (mode 0640): run chmod 600 "${path}".`],
    ] as const) {
      chmodSync(path, mode);
      expect(new UnsentFile(path, 'lines', systemFiles).warning).toBe(warning);
      expect(statSync(path).mode & 0o777).toBe(mode);
    }
  });

  it('may be there already when it is empty', () => {
    const path = join(tempDir(), 'file');
    writeFileSync(path, '');
    const file = new UnsentFile(path, 'nul', systemFiles);
    file.put(text('a'));
    file.finish();
    expect(readFileSync(path, 'latin1')).toBe('a\0');
  });

  it('on a full disk ends with a whole record, and tells how many are missing', () => {
    const path = join(tempDir(), 'file');
    const file = new UnsentFile(path, 'lines', disk(10));
    for (const record of ['one', 'two', 'three', 'four']) {
      file.put(text(record));
      file.flush();
    }
    expect(file.finish()).toEqual({
      complete: false,
      text: `Error: Unable to write file "${path}": No space left on device. 2 of 4 undelivered messages are not in it.`,
    });
    expect(readFileSync(path, 'latin1')).toBe('one\ntwo\n');
    expect(file.count).toBe(2);
  });

  it.each([
    ['', 'lines'],
    ['a\0b', 'lines'],
    ['a\nb', 'nul'],
    ['a\n\0', 'whole'],
  ])('of %j has the form %s', (payload, form) => expect(formFor(text(payload))).toBe(form));
});
