// --tls-engine with --keyform engine: the key is one that the engine knows by name.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TlsTarget } from '../../src/runtime/target.ts';
import { certificates } from '../support/certs.ts';
import { describeWithMosquitto, findProgram, startMosquitto } from '../support/mosquitto.ts';
import { root } from '../support/root.ts';
import { run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { target } from './tls-rig.ts';

/** An engine cannot be unloaded, so each connects in a process of its own; it prints what came of it. */
const SCRIPT = `
import { dialer } from './src/net/dial.ts';
const dial = dialer(JSON.parse(process.env.TARGET), { step: () => {}, passphrase: async () => undefined });
dial({
  data: (bytes) => { console.log(Buffer.from(bytes).toString('hex')); process.exit(); },
  drain: () => {},
  closed: (failure) => { console.log(String(failure)); process.exit(); },
}).opened.then(
  (stream) => stream.write(Buffer.from('100d00044d5154540402003c000161', 'hex')),
  ({ message, status }) => console.log(status + ' ' + message),
);
`;

const CONNACK = '20020000';

describeWithMosquitto('a key in an engine', () => {
  const rows: [name: string, tls: (engine: string) => Partial<TlsTarget>, said: (engine: string) => string][] = [
    ['by path', (engine) => ({ engine }), () => CONNACK],
    ['by name', () => ({ engine: 'tsmosq-test' }), () => CONNACK],
    [
      'that it does not have',
      (engine) => ({ engine, keyFile: '/nonexistent' }),
      (engine) => `1 A TLS error occurred: engine "${engine}" does not provide the key "/nonexistent"`,
    ],
    [
      'that belongs to another certificate',
      (engine) => ({ engine, keyFile: certificates().server.key }),
      (engine) =>
        `1 A TLS error occurred: key "${certificates().server.key}" of engine "${engine}" does not belong to certificate "${certificates().clientEc.cert}"`,
    ],
    [
      'of an engine that is not there',
      () => ({ engine: '/nonexistent/engine.so' }),
      () => '1 Problem setting TLS engine, is /nonexistent/engine.so a valid engine?',
    ],
  ];
  for (const [name, tls, said] of rows) {
    test(name, async (context) => {
      const problem = cannotBuild();
      if (problem !== undefined) {
        if (process.env['CI'] === 'true' && process.platform === 'linux')
          throw new Error(`${problem}, and CI=true demands it`);
        console.warn(`SKIPPED: a key in an engine, ${name}: ${problem}`);
        return context.skip(problem);
      }
      const folder = tempDir();
      const engine = join(folder, 'tsmosq-test.so');
      const source = join(root, 'test/fixtures/engine.c');
      execFileSync('cc', ['-shared', '-fPIC', '-nostdlib', '-o', engine, source], { stdio: 'pipe' });
      const { server, ca, clientEc } = certificates();
      const broker = await startMosquitto({ tls: { ...server, ca, requireCertificate: true } });
      const client = { caFile: ca, certFile: clientEc.cert, keyFile: clientEc.key, keyInEngine: true };
      const to = target(broker.tlsPort, { ...client, ...tls(engine) });
      const bundle = join(folder, 'connect.mjs');
      await bundled(bundle);
      const env = { TARGET: JSON.stringify(to), OPENSSL_ENGINES: folder };
      const { stdout, stderr } = await run(process.execPath, [bundle], { env });
      expect({ said: stdout.toString(), stderr }).toEqual({ said: `${said(engine)}\n`, stderr: '' });
    });
  }
});

function cannotBuild(): string | undefined {
  if (process.platform !== 'linux') return 'not Linux';
  return findProgram('cc') === undefined ? 'cc was not found' : undefined;
}

async function bundled(outfile: string): Promise<void> {
  const { build } = await import('esbuild');
  const stdin = { contents: SCRIPT, resolveDir: root, loader: 'ts' as const };
  await build({ stdin, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
}
