// What is special about the single executables: the name decides, and what they cannot do they say. Runs with
// `npm run test:standalone`; vitest.config.ts leaves it out otherwise.
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startMosquitto } from '../support/mosquitto.ts';
import { root } from '../support/root.ts';
import { standalone as folderOfThem, run, start } from '../support/run.ts';
import { freePort, tempDir } from '../support/tmp.ts';
import { at } from './broker.ts';

const standalone = folderOfThem ?? '';
const NAMES = readdirSync(join(root, 'bin')).flatMap((name) => (name.endsWith('.js') ? [name.slice(0, -3)] : []));

describe('the single executable', () => {
  const executable = join(standalone, 'tspub');
  const said = async (program: string, args: readonly string[], env = {}) => {
    const { status, stdout, stderr } = await run(program, args, { env });
    return { status, stdout: stdout.toString(), stderr };
  };

  test('is one file with the names of all programs', () => {
    expect(readdirSync(standalone)).toEqual(expect.arrayContaining(NAMES));
    expect(new Set(NAMES.map((name) => statSync(join(standalone, name)).ino)).size).toBe(1);
  });

  test('has the licenses of what is in it next to it', () => {
    expect(readFileSync(join(standalone, 'LICENSE'), 'utf8')).toContain('MIT License');
    const notices = readFileSync(join(standalone, 'THIRD-PARTY-NOTICES'), 'utf8');
    const heads = /^-{80}\n(\S+ [\d.]+ \()/gm;
    const names = (text: string): string[] => [...text.matchAll(heads)].map(([, name]) => name!);
    expect(names(notices)).toEqual(names(readFileSync(join(root, 'THIRD-PARTY-NOTICES'), 'utf8')));
    expect(notices).toContain(' Bun ');
  });

  test.each(NAMES)('%s is what it is called, whatever kind of link leads there', async (name) => {
    const folder = tempDir();
    linkSync(executable, join(folder, name));
    mkdirSync(join(folder, 'path'));
    symlinkSync(executable, join(folder, 'path', name));
    for (const path of [join(folder, name), join(folder, 'path', name)])
      expect((await said(path, ['--version'])).stdout).toMatch(new RegExp(`^${name} .*Bun`));
    const found = await run('sh', ['-c', `${name} --version`], { env: { PATH: `${join(folder, 'path')}:/bin` } });
    expect(found.stdout.toString()).toMatch(new RegExp(`^${name} `));
  });

  test('takes the names of the originals', async () => {
    const path = join(tempDir(), 'mosquitto_sub');
    symlinkSync(executable, path);
    expect((await said(path, ['--version'])).stdout).toMatch(/^tssub /);
  });

  test('by any other name takes the program as its first word, or lists them', async () => {
    const path = join(tempDir(), 'mqtt');
    linkSync(executable, path);
    expect((await said(path, ['tsrr', '--version'])).stdout).toMatch(/^tsrr /);
    const stderr = `Error: "mqtt" is not a command: use ${NAMES.join(', ')} as the name of the file or as the first argument.\n`;
    const { status, ...rest } = await said(path, ['--version']);
    expect(status).toBe(1);
    expect(new Set(rest.stderr.match(/ts\w+/g))).toEqual(new Set(stderr.match(/ts\w+/g)));
  });

  test.each([
    [
      '--psk',
      ['--psk', '01', '--psk-identity', 'i'],
      'this build has no TLS with pre-shared keys: install tsmosq with npm, for Node.js',
    ],
    [
      '--tls-engine',
      ['--tls-engine', 'e', '--keyform', 'engine', '--cert', 'c', '--key', 'k', '--cafile', 'f'],
      'this build has no OpenSSL engines: install tsmosq with npm, for Node.js',
    ],
  ])('refuses %s with 10 and one line, before it connects', async (option, words, reason) => {
    const result = await said('tspub', [...at(await freePort()), ...words, '-t', 'a', '-m', 'x']);
    expect(result).toEqual({
      status: 10,
      stdout: '',
      stderr: `Error: ${option} cannot be used: ${reason}\n`,
    });
  });

  test('reads no .env and no bunfig.toml of the working directory', async () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, '.env'), 'TSMOSQ_HOST=from.env.invalid\n');
    writeFileSync(join(cwd, 'bunfig.toml'), 'preload = ["./no-such-file.ts"]\n');
    const { status, stderr } = await run('tspub', ['-p', `${await freePort()}`, '-t', 'a', '-m', 'x'], { cwd });
    expect({ status, first: stderr.split('\n')[0] }).toEqual({ status: 1, first: 'Error: Connection refused' });
  });

  // A network namespace of its own has no way to anywhere, and its loopback is down.
  const unshare = ['-r', '-n'];
  const mayUnshare = spawnSync('unshare', [...unshare, 'true'], { stdio: 'ignore' }).status === 0;
  if (!mayUnshare) console.warn('SKIPPED: a machine without a network: this user may not unshare -r -n');

  test.skipIf(!mayUnshare).each([
    [['-h', '192.0.2.1'], 'Network is unreachable', 'No route leads to 192.0.2.1'],
    [[], 'Network is unreachable', 'No route leads to 127.0.0.1'],
    [['-h', '192.0.2.1', '--ws'], 'Network is unreachable', 'No route leads to 192.0.2.1'],
  ])('reports why a machine without a network cannot connect: %s', async (words, error, hint) => {
    const { status, stderr } = await said('unshare', [...unshare, executable, ...words, '-t', 'a', '-m', 'x']);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(new RegExp(`^Error: ${error}\\nHint: ${hint}`)),
    });
  });

  test('keeps the bytes of arguments that are not UTF-8', async () => {
    const broker = await startMosquitto();
    const listener = start('tssub', [...at(broker.port), '-i', 'l', '-t', 'a', '-C', '1', '-F', '%x', '-W', '45']);
    await broker.waitForLog('Sending SUBACK to l\n');
    const script = `"$@" -m "$(printf '\\377\\376x')"`;
    await run('sh', ['-c', script, 'sh', executable, ...at(broker.port), '-t', 'a']);
    expect((await listener.exited).stdout.toString()).toBe('fffe78\n');
  });
});
