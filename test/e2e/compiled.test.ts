// The build compiles the programs ahead (src/DESIGN.md, decision 15). That may only ever change how fast they start.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeServer } from '../support/fake-server.ts';
import { root, run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { at, outcome } from './place.ts';
import { accept } from './script.ts';

const KEY = `${process.version}-${process.arch}`;

/** bin/ and dist/ in a place of their own, so that they can be changed. */
function copyOfPrograms(): string {
  const folder = tempDir();
  for (const name of ['bin', 'dist']) cpSync(join(root, name), join(folder, name), { recursive: true });
  return folder;
}

/** Publishes with the programs in this folder; `before` is loaded before the program. */
async function publishWith(folder: string, before: readonly string[] = []): Promise<string> {
  const server = await fakeServer(async (connection) => {
    await accept(connection);
    await connection.readPacket();
    await connection.readPacket();
  });
  const words = [...before, join(folder, 'bin', 'tspub.js'), ...at(server.port), '-t', 'a', '-m', 'x'];
  const { status, stdout, stderr } = outcome(await run(process.execPath, words));
  return `${status} ${stdout}${stderr}`;
}

test.each(['tspub', 'tssub', 'tsrr', 'tspasswd', 'tsspool'])(
  'V8 takes all that was compiled ahead of %s',
  async (program) => {
    const folder = tempDir();
    const spy = join(folder, 'spy.cjs');
    writeFileSync(
      spy,
      `const vm = require('node:vm');
    vm.Script = class extends vm.Script {
      constructor(source, options) {
        super(source, options);
        console.log(options.filename.replace(/.*\\//, ''), this.cachedDataRejected);
      }
    };`,
    );
    const { stdout } = await run(process.execPath, ['--require', spy, join(root, 'bin', `${program}.js`), '--help']);
    expect(stdout.toString()).toContain(`${program}.js false\n`);
    // Of what is loaded later, too, when Maglev is off.
    expect(stdout.toString()).not.toMatch(/\.js true$/m);
  },
);

test.each([
  ['missing', (path: string) => rmSync(path)],
  ['empty', (path: string) => writeFileSync(path, '')],
  ['cut short', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 50_000))],
  ['of another version of Node', (path: string) => writeFileSync(path, readFileSync(path).fill(1, 0, 16))],
])('a program whose compiled form is %s works all the same', async (_, spoil) => {
  const folder = copyOfPrograms();
  const path = join(folder, 'dist', 'compiled', KEY, 'tspub');
  expect(existsSync(path)).toBe(true);
  spoil(path);
  expect(await publishWith(folder)).toBe('0 ');
});

test('a program that was compiled for other Nodes only works all the same', async () => {
  const folder = copyOfPrograms();
  const compiled = join(folder, 'dist', 'compiled');
  rmSync(compiled, { recursive: true });
  mkdirSync(join(compiled, 'v1.2.3-pdp11'), { recursive: true });
  expect(await publishWith(folder)).toBe('0 ');
  expect(readdirSync(compiled)).toEqual(['v1.2.3-pdp11']);
});

test('a program works with options of V8 that what was compiled does not fit', async () => {
  expect(await publishWith(copyOfPrograms(), ['--no-opt'])).toBe('0 ');
});
