// What npm packs, and what comes of it where it is installed.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { beforeAll, describe, expect, test } from 'vitest';
import { describeWithMicrosocks, startMicrosocks } from '../support/microsocks.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { root } from '../support/root.ts';
import { childEnv, run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';

interface Pack {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

const PATIENT = 240_000;
const MOST_BYTES = 1_500_000;

/** Where npm looks for its settings and keeps what it has fetched. */
const npmEnv = { ...childEnv(), HOME: process.env['HOME'] };
const npm = (words: readonly string[]): string =>
  execFileSync('npm', [...words], { cwd: root, env: npmEnv, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  man?: string | string[];
  version: string;
};
const NAMES = Object.keys(manifest.bin);

describe('the package', () => {
  let folder = '';
  let tarball = '';
  let packed: Pack;
  /** A project with the package in its node_modules, and beside it what it depends on. */
  let project = '';

  beforeAll(() => {
    folder = tempDir('file');
    // What prepack prints comes before the JSON.
    const said = npm(['pack', '--json', '--pack-destination', folder]);
    [packed] = JSON.parse(said.slice(said.indexOf('[\n'))) as [Pack];
    tarball = join(folder, packed.filename);
    project = join(folder, 'project');
    const modules = join(project, 'node_modules');
    mkdirSync(modules, { recursive: true });
    execFileSync('tar', ['-xzf', tarball, '-C', folder]);
    cpSync(join(folder, 'package'), join(modules, 'tsmosq'), { recursive: true });
    // Besides, for the compiler: what the declarations of Node are in.
    for (const name of [...Object.keys(manifest.dependencies), '@types'])
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }, PATIENT);

  test('has what is needed, and nothing else', () => {
    const kinds = packed.files.map(({ path }) =>
      path
        .replace(/^(dist\/(chunks|code|library)\/)[\w-]+-[A-Z0-9]{8}(\.c?js)$/, '$1*$3')
        // The code of a program, which its file in dist/ loads compiled.
        .replace(/^dist\/code\/ts\w+\.js$/, 'dist/code/*.js')
        .replace(/^dist\/compiled\/v[\d.]+-\w+\/[\w-]+$/, 'dist/compiled/*')
        .replace(/^types\/.*\.d\.ts$/, 'types/*.d.ts')
        .replace(/^man\/[\w.-]+\.1$/, 'man/*.1')
        .replace(/^docs\/[\w-]+\.md$/, 'docs/*.md'),
    );
    const wanted = [
      // The manual pages and the README send their readers to it.
      ...['CHANGELOG.md', 'COMPATIBILITY.md', 'LICENSE', 'README.md', 'SECURITY.md', 'THIRD-PARTY-NOTICES'],
      'package.json',
      ...['bin/package.json', ...NAMES.map((name) => `bin/${name}.js`)],
      ...[
        'dist/chunks/*.cjs',
        'dist/code/*.js',
        'dist/compiled/*',
        'dist/index.js',
        'dist/library/*.js',
        ...NAMES.map((name) => `dist/${name}.cjs`),
      ],
      ...(existsSync(join(root, 'man')) ? ['man/*.1'] : []),
      'types/*.d.ts',
      'docs/*.md',
      'docs/picture.svg',
    ];
    expect([...new Set(kinds)].sort()).toEqual(wanted.sort());
    for (const { path, mode } of packed.files) if (/^bin\/.*\.js$/.test(path)) expect(mode & 0o111).not.toBe(0);
  });

  test('is smaller than 1.5 MB, as it is fetched', () => {
    expect(packed.size).toBeLessThan(MOST_BYTES);
  });

  test('passes publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: join(folder, 'package'), pack: false });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test('has declarations that lead to one another, and with which a program is checked', () => {
    const types = join(project, 'node_modules', 'tsmosq', 'types');
    for (const path of readdirSync(types, { recursive: true, encoding: 'utf8' }))
      if (path.endsWith('.d.ts')) expect(readFileSync(join(types, path), 'utf8')).not.toMatch(/['"]\.[^'"]*\.ts['"]/);
    writeFileSync(
      join(project, 'program.mts'),
      `import { connect, type Client, type Message, Failure } from 'tsmosq';
const client: Client = await connect({ version: 5, tls: { caFile: 'x' }, signal: AbortSignal.timeout(1) });
const messages = client.subscribe(['a', 'b'], { qos: 2, acknowledge: 'manual' });
for await (const message of messages) { const m: Message = message; m.acknowledge(); }
const { code }: { code: number } = await client.publish('a', 'x', { properties: [{ name: 'content-type', value: 'x' }] });
// @ts-expect-error There is no such property.
await client.publish('a', 'x', { properties: [{ name: 'nonsense', value: 'x' }] });
// @ts-expect-error There is no such quality of service.
await client.publish('a', 'x', { qos: 3 });
console.log(code, new Failure('tls').status);
`,
    );
    const options = ['--module', 'nodenext', '--target', 'es2022', '--strict', '--types', 'node', '--noEmit'];
    const tsc = join(root, 'node_modules', '.bin', 'tsc');
    // Without skipLibCheck: the declarations themselves are checked too.
    const check = () =>
      execFileSync(tsc, [...options, 'program.mts'], { cwd: project, encoding: 'utf8', stdio: 'pipe' });
    expect(check()).toBe('');
  });

  test('has declarations that need neither @types/node nor those of the DOM', () => {
    const bare = join(folder, 'bare');
    mkdirSync(join(bare, 'node_modules'), { recursive: true });
    cpSync(join(folder, 'package'), join(bare, 'node_modules', 'tsmosq'), { recursive: true });
    writeFileSync(
      join(bare, 'program.mts'),
      `import { connect } from 'tsmosq';
const client = await connect({ password: new Uint8Array(1) });
for await (const { payload } of client.subscribe('a')) { const bytes: Uint8Array = payload; bytes.length; }
// @ts-expect-error It is no signal.
await client.end({ signal: {} });
`,
    );
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2022',
      lib: ['es2022'],
      strict: true,
      noEmit: true,
      types: [],
    };
    writeFileSync(join(bare, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.mts'] }));
    const tsc = join(root, 'node_modules', '.bin', 'tsc');
    const { status, stdout } = spawnSync(tsc, ['-p', '.'], { cwd: bare, encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, '']);
  });

  test('prints less than 2 kB for a connect() whose rejection nobody catches', async () => {
    const script = `import { connect } from 'tsmosq'; connect({ host: '127.0.0.1', port: 1 });`;
    const { status, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: project });
    expect({ status, said: stderr.includes('Failure: Connection refused') }).toEqual({ status: 1, said: true });
    expect(stderr.length).toBeLessThan(2000);
  });

  test('exports connect, check and Failure, and no inner parts', async () => {
    const script = `
      const library = await import('tsmosq');
      const inner = await import('tsmosq/dist/index.js').catch((error) => error.code);
      console.log(Object.keys(library).join(), inner);`;
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: project });
    expect(stderr).toBe('');
    expect(stdout.toString()).toBe('Failure,check,connect ERR_PACKAGE_PATH_NOT_EXPORTED\n');
  });

  describeWithMosquitto('with a broker', () => {
    test('runs the documented example', async () => {
      const broker = await startMosquitto();
      const example = readFileSync(join(root, 'test/fixtures/library-example.mjs'), 'utf8');
      writeFileSync(
        join(project, 'example.mjs'),
        example.replace("host: 'localhost', port: 1883", `host: '127.0.0.1', port: ${broker.port}`),
      );
      const { status, stdout, stderr } = await run(process.execPath, ['example.mjs'], { cwd: project });
      expect({ status, stdout: stdout.toString(), stderr }).toEqual({
        status: 0,
        stdout: 'sensors/kitchen/temperature 21.5\n',
        stderr: '',
      });
    });

    test('runs the documented example for CommonJS, with require() and with import()', async () => {
      const broker = await startMosquitto();
      const example = readFileSync(join(root, 'test/fixtures/library-example.cjs'), 'utf8').replace(
        "host: 'localhost', port: 1883",
        `host: '127.0.0.1', port: ${broker.port}`,
      );
      const imported = example
        .replace(/^const .*/, '')
        .replace('async function main() {', "$&\n  const { connect } = await import('tsmosq');");
      for (const [i, text] of [example, imported].entries()) {
        writeFileSync(join(project, 'example.cjs'), text);
        const { status, stderr } = await run(process.execPath, ['example.cjs'], { cwd: project });
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
        expect(broker.log().split("'sensors/kitchen/temperature'")).toHaveLength(i + 2);
      }
    });

    describeWithMicrosocks('and a proxy', () => {
      test('reaches it over WebSocket and through a proxy, as a library and as programs', async () => {
        const broker = await startMosquitto({ websockets: true });
        const proxy = await startMicrosocks();
        const script = `
          import { connect } from 'tsmosq';
          const proxy = { kind: 'socks5h', host: '127.0.0.1', port: ${proxy.port} };
          for (const way of [{ port: ${broker.wsPort}, webSocket: {} }, { port: ${broker.port}, proxy }]) {
            const client = await connect({ host: '127.0.0.1', ...way });
            console.log((await client.publish('a', 'x', { qos: 1 })).code);
            await client.end();
          }`;
        const library = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: project });
        expect(library.stderr).toBe('');
        expect(library.stdout.toString()).toMatch(/^(0|16)\n(0|16)\n$/);
        const tspub = join(project, 'node_modules', 'tsmosq', 'bin', 'tspub.js');
        for (const way of [
          ['-L', `ws://127.0.0.1:${broker.wsPort}/a`],
          ['-L', `mqtt://127.0.0.1:${broker.port}/a`, '--proxy', `socks5h://127.0.0.1:${proxy.port}`],
        ]) {
          const { status, stderr } = await run(process.execPath, [tspub, ...way, '-m', 'x', '-q', '1']);
          expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
        }
      });
    });
  });

  test('installed globally into an empty prefix gives working commands and man pages', {
    timeout: PATIENT,
  }, async () => {
    const prefix = join(folder, 'prefix');
    npm(['install', '--global', '--prefix', prefix, '--no-audit', '--no-fund', '--prefer-offline', tarball]);
    const installed = readdirSync(join(prefix, 'lib', 'node_modules', 'tsmosq', 'node_modules'));
    expect(installed).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
    const notices = readFileSync(join(prefix, 'lib', 'node_modules', 'tsmosq', 'THIRD-PARTY-NOTICES'), 'utf8');
    // Nothing is installed that is bundled already.
    expect(installed.filter((name) => notices.includes(`\n${name} `))).toEqual([]);
    for (const name of NAMES) {
      const command = join(prefix, 'bin', name);
      expect(lstatSync(command).isSymbolicLink()).toBe(true);
      const { status, stdout } = await run(command, ['--version']);
      expect({ status, stdout: stdout.toString() }).toEqual({
        status: 0,
        stdout: expect.stringContaining(`${name} ${manifest.version}`),
      });
    }
    const help = await run(join(prefix, 'bin', 'tspub'), ['--help']);
    expect({ status: help.status, lines: help.stdout.toString().split('\n').length > 10 }).toEqual({
      status: 0,
      lines: true,
    });
    const hashed = await run(join(prefix, 'bin', 'tspasswd'), ['-H', 'argon2id', '-c', '-b', '-', 'u', 'p']);
    expect(hashed.stdout.toString()).toMatch(/^u:\$argon2id\$/m);
    // npm links the pages of a global package into the tree that man(1) finds beside bin/.
    const pages = [manifest.man ?? []].flat().map((path) => path.replace(/^.*\//, ''));
    if (pages.length > 0) expect(readdirSync(join(prefix, 'share', 'man', 'man1')).sort()).toEqual(pages.sort());
  });
});
