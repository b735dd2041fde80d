// What has no end, or is too long to be of use: each ends with one line that names it and its limit.
import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../support/run.ts';
import { sparseFile, tempDir } from '../support/tmp.ts';
import { at, outcome } from './broker.ts';

const PATIENT = { timeout: 120_000 };
/** No server listens there, and there is no terminal for a prompt. */
const NOWHERE = at(1);
const TLS = ['--cafile', '/dev/zero'];

describe.skipIf(process.platform === 'win32')('/dev/zero', () => {
  test.each([
    ['tspub', ['-t', 'a', '-f', '/dev/zero'], 'File must be less than 268435455 bytes.'],
    ['tsrr', ['-t', 'a', '-e', 'b', '-f', '/dev/zero'], 'File must be less than 268435455 bytes.'],
    ['tspub', ['-t', 'a', '-m', 'x', '-o', '/dev/zero'], 'The options file "/dev/zero" is longer than 1048576 bytes.'],
    ['tssub', ['-t', 'a', '--exec-file', '/dev/zero'], 'The --exec-file "/dev/zero" is longer than 16777216 bytes'],
    ['tspub', ['-t', 'a', '-m', 'x', ...TLS], 'Problem setting TLS options: More than 16777216 bytes: /dev/zero'],
    ['tspub', ['-t', 'a', '-m', 'x', '-u', 'a', '--password-file', '/dev/zero'], 'is longer than 65535 bytes.'],
  ])('is too long for %s %j', PATIENT, async (program, args, said) => {
    const { status, stdout, stderr } = outcome(
      await run(program, [...args, ...NOWHERE], { timeoutMs: PATIENT.timeout }),
    );
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: expect.stringContaining(said) });
    expect(stderr.startsWith('Error: ')).toBe(true);
  });

  test.each([
    [['tspub', '-t', 'a', '-s'], 1, 'Message length must be less than 268435455 bytes.'],
    [['tspub', '-t', 'a', '-l', '--spool'], 3, 'Line 1 of standard input is longer than 268435455 bytes'],
    [['tsspool'], 3, 'Line 1 of standard input is longer than 402653184 bytes'],
    [['tspasswd', '-c', '--password-file', '-'], 1, 'The password in standard input must be one line'],
  ])('is too long for standard input of %j', PATIENT, async ([program, ...args], wanted, said) => {
    const place = join(tempDir(), 'new');
    const rest = { tspub: args.includes('--spool') ? [place, ...NOWHERE] : NOWHERE, tsspool: [place, 'import'] };
    const all = [...args, ...(rest[program as keyof typeof rest] ?? [place, 'user'])];
    const { commandLine } = await import('../support/run.ts');
    const [command, ...words] = commandLine(program!, all);
    const { status, stderr } = outcome(
      await run('/bin/sh', ['-c', 'exec "$@" < /dev/zero', 'sh', command, ...words], { timeoutMs: PATIENT.timeout }),
    );
    expect({ status, stderr }).toEqual({ status: wanted, stderr: expect.stringContaining(`Error: ${said}`) });
  });
});

describe('a regular file', () => {
  test('of 3 GiB is not a payload, and is not read', PATIENT, async () => {
    const path = sparseFile(3 * 2 ** 30);
    expect(outcome(await run('tspub', ['-t', 'a', '-f', path, ...NOWHERE]))).toMatchObject({
      status: 1,
      stderr: `Error: File must be less than 268435455 bytes.\nError loading input file "${path}".\n`,
    });
  });

  test.each(['--check', '--list'])('of 600 MB is not a password file: %s', PATIENT, async (form) => {
    const path = sparseFile(600_000_000);
    expect(outcome(await run('tspasswd', [form, path]))).toMatchObject({
      status: 1,
      stderr: `Error: Password file ${path} is too large: 600000000 bytes, the limit is 268435456.\n`,
    });
  });

  test('may have a line of 60 MB in tspasswd --check', PATIENT, async () => {
    const path = join(tempDir(), 'passwords');
    writeFileSync(path, Buffer.concat([Buffer.alloc(60_000_000, 1), Buffer.from(':x\n')]), { mode: 0o600 });
    const { status, stdout } = outcome(await run('tspasswd', ['--check', path], { timeoutMs: PATIENT.timeout }));
    expect({ status, said: stdout.slice(-70) }).toEqual({
      status: 1,
      said: expect.stringContaining('a user name of more than 65535 bytes'),
    });
  });
});

test('a named pipe in the place of a lock file is refused at once', PATIENT, async () => {
  const path = join(tempDir(), 'passwords');
  writeFileSync(path, '', { mode: 0o600 });
  execFileSync('mkfifo', [`${path}.lock`]);
  expect(
    outcome(await run('tspasswd', ['-b', path, 'user', 'password'], { timeoutMs: PATIENT.timeout })),
  ).toMatchObject({
    status: 1,
    stderr: `Error: ${path}.lock is not a lock file: remove it, and try again\n`,
  });
  expect(statSync(path).size).toBe(0);
});

test('a named pipe in the place of a file of a spool is refused at once', PATIENT, async () => {
  for (const name of ['spool', 'journal', 'sender.lock', '0000000000000001.msg']) {
    const folder = tempDir();
    writeFileSync(join(folder, 'spool'), 'tsmosq spool 1\nclient tsspool0123456789abcdef\n', { mode: 0o600 });
    execFileSync('/bin/sh', ['-c', 'rm -f "$1"; mkfifo "$1"', 'sh', join(folder, name)]);
    const args = ['--spool', folder, '--flush', ...NOWHERE];
    const { status, stderr } = outcome(await run('tspub', args, { timeoutMs: PATIENT.timeout }));
    expect({ status, stderr }, name).toEqual({
      status: 1,
      stderr: expect.stringContaining(`Error: ${join(folder, name)} is not`),
    });
  }
});
