/** What tspasswd writes lets people in: at a real broker, and by the reference code of Argon2. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';

const PASSWORDS = { ascii: 'Tr0ub4dor&3 x', utf8: 'pä$ßwörd:☃', long: 'x'.repeat(5000) };

describeWithMosquitto('a real broker', () => {
  it.each([
    ['$6$', ['-H', 'sha512']],
    ['$7$', []],
    ['$7$ of 20,000 rounds', ['-I', '20000']],
  ])('lets in whom %s entries let in, and no one else', async (_, options) => {
    const file = join(tempDir(), 'pw');
    const lines: string[] = [];
    for (const [user, password] of Object.entries(PASSWORDS)) {
      const created = await run('tspasswd', ['-c', '-b', ...options, '-', user, password]);
      expect(created).toMatchObject({ status: 0, stderr: '' });
      lines.push(created.stdout.toString());
    }
    const broker = await startMosquitto({
      anonymous: false,
      passwordFile: `# a comment\n${lines.join('')}`,
      extra: [`# ${file}`],
    });
    for (const [user, password] of Object.entries(PASSWORDS)) {
      const publish = (word: string) =>
        run('tspub', ['-p', `${broker.port}`, '-t', 'a', '-m', 'x', '-q', '1', '-u', user, '-P', word]);
      expect((await publish(password)).status).toBe(0);
      expect((await publish(`${password}x`)).status).toBe(5);
    }
  });

  it('lets in whom the tutorial lets in, before and after an upgrade', async () => {
    const file = join(tempDir(), 'pw');
    const { writeFileSync } = await import('node:fs');
    const crypt = '$6$NaCl4u01$nApSLEUh8pOUItPpU/vU.GDjlE4ZHEn5RoaiRnHLIGqiF8ylLYLBnn1p.kQFbi582WO.MiCza3mRNMIb2mCHE0';
    writeFileSync(file, `carl:${crypt}\n`, { mode: 0o600 });
    const before = await run('tspasswd', ['--check', file]);
    expect(before).toMatchObject({ status: 1 });
    expect(before.stdout.toString()).toContain(`${file}:1: user carl: a crypt(3) hash`);
    expect(await run('tspasswd', ['--verify', '--upgrade', '-b', file, 'carl', 'secret'])).toMatchObject({
      status: 0,
      stderr: '',
    });
    // Where this runs as root, the broker of the system could not read the file.
    const { problems } = JSON.parse((await run('tspasswd', ['--check', '--json', file])).stdout.toString());
    expect(problems).toEqual([]);
    const broker = await startMosquitto({ anonymous: false, passwordFile: readFileSync(file, 'utf8') });
    const args = ['-p', `${broker.port}`, '-t', 'a', '-m', 'x', '-q', '1', '-u', 'carl', '-P', 'secret'];
    expect((await run('tspub', args)).status).toBe(0);
  });
});

/** The reference implementation, by way of Python's foreign functions. */
const VERIFY = `
import ctypes, sys
library = ctypes.CDLL('libargon2.so.1')
password = sys.argv[2].encode()
sys.exit(0 if library.argon2id_verify(sys.argv[1].encode(), password, len(password)) == 0 else 1)
`;
const hasLibrary = ((): boolean => {
  try {
    execFileSync('python3', ['-c', "import ctypes; ctypes.CDLL('libargon2.so.1')"], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
if (!hasLibrary)
  console.warn('SKIPPED: argon2id entries by the reference code: there is no python3 or no libargon2.so.1');

describe.skipIf(!hasLibrary)('libargon2', () => {
  it.each(Object.entries(PASSWORDS))('verifies an argon2id entry: %s', async (user, password) => {
    const { stdout } = await run('tspasswd', ['-H', 'argon2id', '-c', '-b', '-', user, password]);
    const field = stdout
      .toString()
      .trim()
      .slice(user.length + 1);
    expect(field).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$[A-Za-z0-9+/]{86}\$[A-Za-z0-9+/]{86}$/);
    expect((await run('python3', ['-c', VERIFY, field, password])).status).toBe(0);
    expect((await run('python3', ['-c', VERIFY, field, `${password}x`])).status).toBe(1);
  });
});
