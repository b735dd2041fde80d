/**
 * Everything is read to its end, but no further than it can be used.
 * Covers src/runtime/at-end.ts.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBounded, readBoundedNow, seemsToWait } from '../../src/runtime/bounded.ts';
import { fileOf, tempDir } from '../support/tmp.ts';

const EFBIG = { kind: 'file', code: 'EFBIG' };

describe('what is read', () => {
  it('is the whole of a file that is not longer than the limit', async () => {
    const path = fileOf('0123456789');
    expect(String(await readBounded(path, 10))).toBe('0123456789');
    await expect(readBounded(path, 9)).rejects.toMatchObject(EFBIG);
    expect(readBoundedNow(path, 10)).toEqual({ bytes: Buffer.from('0123456789'), mode: 0o100600 });
    expect(readBoundedNow(path, 5).bytes).toEqual(Buffer.from('012345'));
  });

  it('is all of a file in /proc, whose size is 0', async () => {
    expect(String(await readBounded('/proc/self/status', 1e6))).toMatch(/^Name:/);
    expect(String(readBoundedNow('/proc/self/status', 1e6).bytes)).toMatch(/^Name:/);
  });

  it('is as much as may be of a device that has no end', async () => {
    await expect(readBounded('/dev/zero', 3_000_000)).rejects.toMatchObject(EFBIG);
    expect(readBoundedNow('/dev/zero', 3_000_000).bytes).toHaveLength(3_000_001);
    expect(readBoundedNow('/dev/zero', 1).mode).toBeUndefined();
  });

  it('is nothing of a regular file that is too long', async () => {
    const path = fileOf('');
    truncateSync(path, 2 ** 40); // reading a terabyte would take too long
    await expect(readBounded(path, 1e6)).rejects.toMatchObject(EFBIG);
  });

  it('comes through a named pipe to its end', async () => {
    const path = join(tempDir(), 'fifo');
    execFileSync('mkfifo', [path]);
    const read = readBounded(path, 200_000);
    const writer = spawn('/bin/sh', ['-c', 'head -c 200000 /dev/zero > "$1"', 'sh', path], { timeout: 60_000 });
    expect(await read).toHaveLength(200_000);
    writer.kill();
  });

  it('says why it cannot be read', async () => {
    await expect(readBounded('/nowhere', 1)).rejects.toMatchObject({ kind: 'file', code: 'ENOENT' });
    await expect(readBounded('/', 1)).rejects.toMatchObject({ kind: 'file', code: 'EISDIR' });
    const path = fileOf('');
    chmodSync(path, 0);
    if (process.getuid?.() !== 0)
      await expect(readBounded(path, 1)).rejects.toMatchObject({ kind: 'file', code: 'EACCES' });
  });
});

describe('a file that the user has not named', () => {
  it('is read when it is a file, or none on purpose', () => {
    expect(seemsToWait(fileOf('x'))).toBe(false);
    expect(seemsToWait('/dev/null')).toBe(false);
    expect(seemsToWait('/nowhere')).toBe(false);
    expect(seemsToWait('/')).toBe(false);
  });

  it('is not waited for', () => {
    const path = join(tempDir(), 'fifo');
    execFileSync('mkfifo', [path]);
    expect(seemsToWait(path)).toBe(true);
    expect(seemsToWait('/dev/zero')).toBe(true);
  });
});
