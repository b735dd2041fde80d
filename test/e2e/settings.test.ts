// Options that do not stand on the command line: in the environment, and a password in a file of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdirSync, openSync, symlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Broker, describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { root } from '../support/root.ts';
import { childEnv, run } from '../support/run.ts';
import { fileOf, tempDir } from '../support/tmp.ts';
import { at, ended, outcome } from './broker.ts';
import { makeFifo } from './fifo.ts';

const HINT = "\n\nUse 'tspub --help' to see usage.\n";
const SECRET = 'pass word/é';

describeWithMosquitto('with a broker that wants a password', () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startMosquitto({ anonymous: false, users: { me: SECRET } });
  });

  const place = (): Record<string, string> => ({ TSMOSQ_HOST: '127.0.0.1', TSMOSQ_PORT: `${broker.port}` });
  const line = (...argv: string[]): string[] => [...at(broker.port), '-u', 'me', '-q', '1', ...argv];

  test('tspub and tssub find everything in the environment', async () => {
    const env = { ...place(), TSMOSQ_USERNAME: 'me', TSMOSQ_PW: SECRET, TSMOSQ_TOPIC: 'settings/env', TSMOSQ_QOS: '1' };
    const message = { TSMOSQ_MESSAGE: 'from afar', TSMOSQ_RETAIN: 'yes' };
    expect(outcome(await run('tspub', [], { env: { ...env, ...message } }))).toEqual(ended(0));
    const subscribed = await run('tssub', ['-C', '1'], { env: { ...env, ...message, TSMOSQ_VERBOSE: '1' } });
    expect(outcome(subscribed)).toEqual(ended(0, 'settings/env from afar\n'));
    const lineWins = await run('tssub', ['-C', '1', '-t', 'settings/env', '-F', '%p'], {
      env: { ...env, TSMOSQ_TOPIC: 'settings/other' },
    });
    expect(outcome(lineWins)).toEqual(ended(0, 'from afar\n'));
  });

  test.each(['', '\n', '\r\n'])('--password-file takes a password that ends in %j', async (end) => {
    const file = fileOf(SECRET + end);
    expect(outcome(await run('tspub', line('-t', 'a', '-m', 'x', '--password-file', file)))).toEqual(ended(0));
    const env = { TSMOSQ_PASSWORD_FILE: file };
    expect(outcome(await run('tspub', line('-t', 'a', '-m', 'x'), { env }))).toEqual(ended(0));
  });

  test('--password-file /dev/stdin reads standard input', async () => {
    const argv = line('-t', 'a', '-m', 'x', '--password-file', '/dev/stdin');
    expect(outcome(await run('tspub', argv, { stdin: `${SECRET}\n` }))).toEqual(ended(0));
  });

  test('--password-file /dev/stdin waits for a pipe that does not block', async () => {
    const path = makeFifo();
    const stdin = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(path, 'w');
    const argv = line('-t', 'a', '-m', 'x', '--password-file', '/proc/self/fd/0');
    // By way of a shell: what Node hands its child as standard input it makes a blocking one.
    const command = ['-c', '"$0" "$@" <&3', process.execPath, join(root, 'bin/tspub.js'), ...argv];
    const child = spawn('/bin/sh', command, { stdio: ['ignore', 'ignore', 'pipe', stdin], env: childEnv() });
    let told = '';
    child.stderr!.on('data', (bytes) => (told += bytes));
    const status = once(child, 'exit');
    closeSync(stdin);
    // It has found the pipe empty by now, mostly: then it would end.
    await Promise.race([status, sleep(500)]);
    writeSync(writer, `${SECRET}\n`);
    closeSync(writer);
    expect([(await status)[0], told]).toEqual([0, '']);
  });

  test('--password-file warns when others can read the file, unless --quiet', async () => {
    const file = fileOf(SECRET, 'secret', 0o644);
    const argv = line('-t', 'a', '-m', 'x', '--password-file', file);
    const warning = `Warning: Other users can read the password file "${file}" (mode 0644): run chmod 600 ${file}\n`;
    expect(outcome(await run('tspub', argv))).toEqual(ended(0, '', warning));
    expect(outcome(await run('tspub', [...argv, '--quiet']))).toEqual(ended(0));
  });

  test('a wrong password is refused, and shown nowhere', async () => {
    const wrong = 'Wr0ngSecret';
    for (const [argv, env] of [
      [['--password-file', fileOf(wrong)], {}],
      [[], { TSMOSQ_PW: wrong }],
    ] as const) {
      const result = await run('tspub', line('-t', 'a', '-m', 'x', '-d', '--explain', ...argv), { env });
      expect(result.status).toBe(5);
      expect(result.stderr + result.stdout.toString()).not.toContain(wrong);
    }
  });

  test('--connect-timeout, --ack-timeout, --retry, --retry-delay and --retry-max-time leave a connection that stands alone', async () => {
    const argv = [
      '--connect-timeout',
      '10',
      '--ack-timeout',
      '10',
      '--retry',
      '2',
      '--retry-delay',
      '0.1',
      '--retry-max-time',
      '10',
    ];
    const file = fileOf(SECRET);
    expect(outcome(await run('tspub', line(...argv, '-t', 'a', '-m', 'x', '--password-file', file)))).toEqual(ended(0));
  });
});

describe('an unusable password file', () => {
  const argv = ['-h', '127.0.0.1', '-p', '1', '-u', 'me', '-t', 'a', '-m', 'x', '--password-file'];

  test('is named, with the reason, and nothing is connected', async () => {
    const folder = tempDir();
    mkdirSync(join(folder, 'folder'));
    for (const [path, told] of [
      [join(folder, 'missing'), 'Error: Unable to read password file "PATH": No such file or directory.\n'],
      [join(folder, 'folder'), 'Error: Unable to read password file "PATH": Is a directory.\n'],
      [fileOf('\n'), 'Error: The password file "PATH" is empty.\n'],
      ['/dev/null', 'Error: The password file "PATH" is empty.\n'],
      [fileOf('x'.repeat(65_536)), 'Error: The password in file "PATH" is longer than 65535 bytes.\n'],
      ['/dev/zero', 'Error: The password in file "PATH" is longer than 65535 bytes.\n'],
    ] as const) {
      expect(outcome(await run('tspub', [...argv, path]))).toEqual(ended(1, '', told.replace('PATH', path)));
    }
  });
});

describe('a fault', () => {
  test('in the environment is reported with the name of the variable', async () => {
    expect(outcome(await run('tspub', ['-t', 'a', '-m', 'x'], { env: { TSMOSQ_QOS: '3' } }))).toEqual(
      ended(1, '', `Error: Invalid QoS given: 3\nIn the environment variable TSMOSQ_QOS.${HINT}`),
    );
  });

  test.each([
    [['--ws', '--ws-path', 'mqtt'], "Error: Invalid WebSocket path, it must begin with '/'."],
    [['--ws', '--ws-header', 'Upgrade: x'], "Error: The WebSocket header 'Upgrade' cannot be set."],
    [['--ws-path', '/a'], 'Error: --ws-path needs WebSocket.'],
    [['--psk-identity', 'me'], 'Error: --psk-identity needs --psk.'],
    [['--proxy', 'ftp://u:secret@h'], 'Error: Unsupported proxy protocol: ftp://u:***@h'],
  ])('in %s is reported', async (argv, told) => {
    expect(outcome(await run('tspub', ['-t', 'a', '-m', 'x', ...argv]))).toEqual(ended(1, '', told + HINT));
  });

  test('of what Node.js cannot do has exit status 10', async () => {
    const engine = ['--tls-engine', 'e', '--keyform', 'engine', '--cert', 'c', '--key', 'k', '--cafile', 'f'];
    const argv = ['-t', 'a', '-m', 'x', ...engine, '--tls-engine-kpass-sha1', '0'.repeat(40)];
    const { status, stderr } = await run('tspub', argv);
    expect([status, stderr]).toEqual([
      10,
      'Error: This feature is not supported: --tls-engine-kpass-sha1, Node.js cannot hand the password of a key to an engine.\n',
    ]);
  });
});

test('a pipe in the place of the usual options file is passed over with one warning', async () => {
  const folder = tempDir();
  symlinkSync(makeFifo(), `${folder}/tspub`);
  const argv = ['-h', '127.0.0.1', '-p', '1', '-t', 'a', '-m', 'x'];
  const { status, stderr } = await run('tspub', argv, { env: { XDG_CONFIG_HOME: folder } });
  expect([status, stderr.split('\n')[0]]).toEqual([
    1,
    `Warning: Unable to read options file "${folder}/tspub": Not a regular file.`,
  ]);
});
