// What a plain publish does not need is not loaded: starting fast is most of what a one-shot publish takes.
// Covers src/entry/main.ts, src/entry/tspasswd.ts, src/entry/tspub.ts, src/entry/tsspool.ts,
// src/entry/tssub.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeServer } from '../support/fake-server.ts';
import { commandLine, run } from '../support/run.ts';
import { freePort, tempDir } from '../support/tmp.ts';
import { at } from './broker.ts';
import { accept, confirm, grant } from './scripted-server.ts';

/** Loaded before the program: writes, when it ends, what was loaded after it. */
const spy = (log: string): string => `
const before = new Set(process.moduleLoadList);
process.on('exit', () => {
  const builtIn = process.moduleLoadList.filter((name) => name.startsWith('NativeModule ') && !before.has(name));
  require('node:fs').writeFileSync(${JSON.stringify(log)}, [...Object.keys(require.cache), ...builtIn].join('\\n'));
});
`;

/** Everything a program loads, built-in modules as `NativeModule name`. */
async function loadedBy(program: string, args: readonly string[], stdin?: string): Promise<string[]> {
  const folder = tempDir();
  const log = join(folder, 'log');
  writeFileSync(join(folder, 'spy.cjs'), spy(log));
  const [node, ...rest] = commandLine(program, args);
  await run(node, ['--require', join(folder, 'spy.cjs'), ...rest], stdin === undefined ? {} : { stdin });
  return readFileSync(log, 'utf8').split('\n');
}

/** Other packages, and our own transports and texts that are bundled apart. */
const UNWANTED = [
  /node_modules/,
  /\/(yargs|tls|ws|websocket|socks|chalk|paint|completion|usage|lookup)[^/]*$/,
  /^NativeModule _?(tls|https?|http2|crypto|child_process|dns|worker_threads|tty)(_|$)/,
];

for (const [name, args, stdin] of [
  ['-m', ['-t', 'a', '-m', 'x'], undefined],
  ['-l', ['-t', 'a', '-l'], 'x\n'],
] as const) {
  test(`tspub ${name} over TCP loads no yargs, no TLS, no name lookup and no other package`, async () => {
    const server = await fakeServer(async (connection) => {
      await accept(connection);
      await confirm(connection);
    });
    const loaded = await loadedBy('tspub', [...at(server.port), ...args], stdin);
    expect(loaded.some((module) => module.endsWith('/dist/tspub.cjs'))).toBe(true);
    expect(loaded).toContain('NativeModule net');
    expect(loaded.filter((module) => UNWANTED.some((unwanted) => unwanted.test(module)))).toEqual([]);
  });
}

test.each([
  ['tssub', ['-t', 'a', '-E']],
  ['tscheck', ['up', '-V', '311']],
] as const)(
  '%s over TCP loads none of them either, though it has the code of certificates and files in its file',
  async (program, args) => {
    const server = await fakeServer(async (connection) => {
      await accept(connection);
      if (program === 'tssub') await grant(connection, false);
    });
    const loaded = await loadedBy(program, [...at(server.port), ...args]);
    expect(loaded.some((module) => module.endsWith('/dist/tssub.cjs'))).toBe(true);
    expect(loaded.filter((module) => UNWANTED.some((unwanted) => unwanted.test(module)))).toEqual([]);
  },
);

test('--help loads yargs, --color chalk and --cafile TLS, and it would be seen', async () => {
  const seen = (loaded: string[], wanted: RegExp): boolean => loaded.some((module) => wanted.test(module));
  expect(seen(await loadedBy('tspub', ['--help']), /\/yargs[^/]*$/)).toBe(true);
  const nowhere = at(await freePort());
  expect(seen(await loadedBy('tspub', [...nowhere, '-t', 'a', '-n', '--color', 'always']), /\/paint[^/]*$/)).toBe(true);
  const tls = await loadedBy('tspub', [...nowhere, '-t', 'a', '-m', 'x', '--cafile', '/nonexistent/ca.crt']);
  expect(seen(tls, /\/tls[^/]*$/)).toBe(true);
  expect(seen(tls, /^NativeModule tls$/)).toBe(true);
});
