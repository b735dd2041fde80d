import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formFor, UnsentFile } from '../../../src/commands/pub/unsent.ts';
import { type FileSystem, systemFiles } from '../../../src/runtime/files.ts';
import { startProgram } from '../../support/program.ts';
import { tempDir } from '../../support/tmp.ts';

const text = (value: string): Buffer => Buffer.from(value, 'latin1');
const full = (): never => {
  throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
};

/** A disk that accepts this many bytes. */
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
      [0o640, `Warning: Other users can read the file of --unsent "${path}" (mode 0640): run chmod 600 ${path}`],
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

  it('on a full disk ends with a whole record, and reports how many are missing', () => {
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

  it('that cannot be made when it is needed is reported with all that is missing', () => {
    const path = join(tempDir(), 'file');
    const openSync: FileSystem['openSync'] = (name, flags, mode) =>
      mode === undefined ? systemFiles.openSync(name, flags) : full();
    const file = new UnsentFile(path, 'lines', { ...systemFiles, openSync });
    file.put(text('one'));
    file.put(text('two'));
    expect(file.finish()).toEqual({
      complete: false,
      text: `Error: Unable to write file "${path}": No space left on device. 2 of 2 undelivered messages are not in it.`,
    });
    expect([file.count, existsSync(path)]).toEqual([0, false]);
  });

  it.each(['fsyncSync', 'closeSync'] as const)('whose %s fails is not complete', (call) => {
    const path = join(tempDir(), 'file');
    const file = new UnsentFile(path, 'lines', { ...systemFiles, [call]: full });
    file.put(text('one'));
    expect(file.finish()).toMatchObject({ complete: false, text: expect.stringContaining('No space left on device') });
  });

  it('has what could be written when the disk is full and does not even let it be made shorter', () => {
    const path = join(tempDir(), 'file');
    const file = new UnsentFile(path, 'lines', { ...disk(5), ftruncateSync: full });
    for (const record of ['one', 'two']) {
      file.put(text(record));
      file.flush();
    }
    expect(file.finish()).toMatchObject({ complete: false, text: expect.stringContaining(' 1 of 2 undelivered ') });
    expect(readFileSync(path, 'latin1')).toBe('one\nt');
  });

  it('is not written to again after a disk was full', () => {
    const path = join(tempDir(), 'file');
    let isFull = true;
    const writeSync = ((fd: number, bytes: Uint8Array, at: number, length: number) =>
      isFull ? full() : systemFiles.writeSync(fd, bytes, at, length)) as FileSystem['writeSync'];
    const file = new UnsentFile(path, 'lines', { ...systemFiles, writeSync });
    file.put(text('one'));
    file.flush();
    isFull = false;
    file.put(text('two'));
    expect(file.finish()).toMatchObject({ complete: false, text: expect.stringContaining(' 2 of 2 undelivered ') });
    expect(readFileSync(path, 'latin1')).toBe('');
  });

  it('says nothing when nothing was put into it', () => {
    const path = join(tempDir(), 'file');
    expect(new UnsentFile(path, 'lines', systemFiles).finish()).toBeUndefined();
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    ['a\nb', 2, 'a\nb\0a\nb\0', '2 messages were not delivered: they are in', '-l -0'],
    ['a\n\0', 1, 'a\n\0', '1 message was not delivered: it is in', '-f'],
    // The same message again and again is there once.
    ['a\n\0', 3, 'a\n\0', '1 message was not delivered: it is in', '-f'],
  ])('of tspub -s with %j, --repeat %i, has %j', async (payload, repeat, content, told, feed) => {
    const path = join(tempDir(), 'file');
    const argv = ['-t', 'a', '-q', '1', '-s', '--repeat', `${repeat}`, '--summary', '--unsent', path];
    const running = startProgram('tspub', argv, { stdin: payload, server: { publishCode: () => 0x87 } });
    const { status, stderr } = await running.finish();
    expect([status, readFileSync(path, 'latin1')]).toEqual([0x87, content]);
    expect(stderr).toContain(`Warning: ${told} ${path} (send with ${feed}).\n`);
    expect(stderr).toContain(`, unsent ${told[0]}\n`);
  });

  it.each([
    ['a folder', (folder: string) => folder, 'Is a directory'],
    ['no regular file', () => '/dev/null', 'it is not a regular file'],
    [
      'not empty',
      (folder: string) => {
        writeFileSync(join(folder, 'file'), 'mine');
        return join(folder, 'file');
      },
      'it is not empty. Send its messages first, or use another file',
    ],
    ['in a folder that is not there', (folder: string) => join(folder, 'none/file'), 'No such file or directory'],
  ])('is refused before anything is connected when it is %s', async (_, make, reason) => {
    const folder = tempDir();
    const path = make(folder);
    const running = startProgram('tspub', ['-t', 'a', '-m', 'x', '--unsent', path]);
    expect(await running.finish()).toEqual({
      status: 1,
      stdout: '',
      stderr: `Error: Unable to use file "${path}" for --unsent: ${reason}.\n`,
    });
    expect(running.attempts).toBe(0);
    for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name), 'latin1')).toBe('mine');
  });

  it.each([
    ['', 'lines'],
    ['a\0b', 'lines'],
    ['a\nb', 'nul'],
    ['a\n\0', 'whole'],
  ])('of %j has the form %s', (payload, form) => expect(formFor(text(payload))).toBe(form));
});
