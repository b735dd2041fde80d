// The README cannot go stale: every command in its sh blocks is run, in one folder, by a shell, as a reader would.
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { certificates } from './support/certs.ts';
import { type Broker, describeWithMosquitto, startMosquitto } from './support/mosquitto.ts';
import { root } from './support/root.ts';
import { childEnv, run } from './support/run.ts';
import { tempDir } from './support/tmp.ts';

const README = readFileSync(join(root, 'README.md'), 'utf8');

/** The text before a block is its name. */
const blocks = [...README.matchAll(/\*\*([^*]+)\*\*(?:(?!```)[\s\S])*?```sh\n([\s\S]*?)```/g)].map(
  ([, name, commands]) => [name!, commands!] as const,
);

/** What a block must print, where that can be said. */
const PRINTS: Readonly<Record<string, RegExp>> = {
  'A first message.': /^Hello World MQTT\n$/,
  'A status that later subscribers get too': /^open\n$/,
  'Wait for one message': /^got yes\n$/,
  'Ask and get an answer': /^144\n$/,
  'Ship a log': /^every line is with the broker\n$/,
  'Store and forward': /^home\/lamp on\n$/,
  'A job queue': /^jobs\/a: 1\njobs\/b: 2\n$/,
  'Record, replay, relay': /^$/,
  'Passwords off the command line': /^$/,
  "TLS with a CA of one's own": /^$/,
  'Something does not connect.': /^exit status 7\n$/,
};

test('every sh block of the README has a name', () => {
  expect(blocks).toHaveLength(README.match(/^```sh$/gm)?.length ?? 0);
});

test.each(['mjs', 'cjs'])(
  'the example of the library (%s) is the one that test/package/package.test.ts runs',
  (kind) => {
    const example = readFileSync(join(root, `test/fixtures/library-example.${kind}`), 'utf8').trim();
    expect(README).toContain(`\`\`\`js\n${example}\n\`\`\``);
  },
);

describeWithMosquitto('the README', () => {
  let folder: string;
  let broker: Broker;
  let env: Record<string, string>;

  beforeAll(async () => {
    folder = tempDir('file');
    // Else tspasswd tells root that the broker's user may not enter it.
    chmodSync(folder, 0o755);
    const { server, ca } = certificates();
    broker = await startMosquitto({ tls: server, users: { rajan: 'password123' } });
    copyFileSync(ca, join(folder, 'ca.crt'));
    writeFileSync(join(folder, 'app.log'), 'one\ntwo\nthree\n');
    for (const name of ['tspub', 'tssub', 'tsrr', 'tspasswd', 'tsspool']) {
      const launcher = join(folder, name);
      writeFileSync(launcher, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'bin', `${name}.js`)}' "$@"\n`);
      chmodSync(launcher, 0o755);
    }
    env = {
      PATH: `${folder}:${childEnv()['PATH']}`,
      TLS_PORT: `${broker.tlsPort}`,
      TSMOSQ_HOST: '127.0.0.1',
      TSMOSQ_PORT: `${broker.port}`,
    };
  });

  test.each(blocks)('%s', { timeout: 120_000 }, async (name, commands) => {
    rmSync(join(folder, 'ready'), { force: true });
    // Limits that are there for what never comes.
    const patient = commands
      .replaceAll('-W 5', '-W 60')
      // As root, where there is a user mosquitto: what tspasswd -c says to do.
      .replace(/^tspasswd --check/m, 'chown mosquitto: users.txt 2> /dev/null || true\n$&');
    const { stdout, stderr, status } = await run('bash', ['-e', '-c', patient], {
      env,
      cwd: folder,
      timeoutMs: 100_000,
    });
    expect({ name, status, stderr: status === 0 ? '' : stderr }).toEqual({ name, status: 0, stderr: '' });
    expect(stdout.toString()).toMatch(PRINTS[name] ?? /^/);
  });
});
