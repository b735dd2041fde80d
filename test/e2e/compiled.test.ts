// The build compiles the programs ahead (src/DESIGN.md, decision 15). That may only ever change how fast they start.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fakeServer } from '../support/fake-server.ts';
import { root } from '../support/root.ts';
import { run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { at, outcome } from './broker.ts';
import { accept, confirm } from './scripted-server.ts';

const PROGRAMS = ['tspub', 'tssub', 'tsrr', 'tscheck', 'tspasswd'];
/** The file that has the code of a program. */
const fileOf = (program: string): string => (['tsrr', 'tscheck'].includes(program) ? 'tssub' : program);
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
    await confirm(connection);
  });
  const words = [...before, join(folder, 'bin', 'tspub.js'), ...at(server.port), '-t', 'a', '-m', 'x'];
  const { status, stdout, stderr } = outcome(await run(process.execPath, words));
  return `${status} ${stdout}${stderr}`;
}

test.each(PROGRAMS)('V8 takes all that was compiled ahead of %s', async (program) => {
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
  expect(stdout.toString()).toContain(`${fileOf(program)}.js false\n`);
  // Of what is loaded later, too, when two compilers are kept off their threads.
  expect(stdout.toString()).not.toMatch(/\.js true$/m);
});

test.each([
  ['missing', (path: string) => rmSync(path)],
  [
    'unreadable',
    (path: string) => {
      rmSync(path);
      mkdirSync(path);
    },
  ],
  ['empty', (path: string) => writeFileSync(path, '')],
  ['cut short', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 50_000))],
  // V8 takes it as it is, and runs or crashes on what it finds there.
  ['damaged', (path: string) => writeFileSync(path, readFileSync(path).fill(0xff, 50_000, 60_000))],
  ['that of another program', (path: string) => cpSync(path.replace('tspub', 'tssub'), path)],
  ['of another version of Node', (path: string) => writeFileSync(path, readFileSync(path).fill(1, 0, 16))],
])('a program whose compiled form is %s works all the same', async (_, spoil) => {
  const folder = copyOfPrograms();
  const path = join(folder, 'dist', 'compiled', KEY, 'tspub');
  expect(existsSync(path)).toBe(true);
  spoil(path);
  expect(await publishWith(folder)).toBe('0 ');
});

describe('code that was edited after it was compiled', () => {
  /** Replaces a text by another of the same length, which is all that V8 compares. */
  function edit(folder: string, file: RegExp, from: string, to: string): void {
    const name = readdirSync(join(folder, 'dist', 'code')).find((name) => file.test(name))!;
    const path = join(folder, 'dist', 'code', name);
    const code = readFileSync(path, 'latin1');
    expect(code).toContain(from);
    expect(existsSync(join(folder, 'dist', 'compiled', KEY, name.replace('.js', '')))).toBe(true);
    writeFileSync(path, code.replace(from, to.padEnd(from.length)), 'latin1');
  }

  test.each(PROGRAMS)('is what %s runs', async (program) => {
    const folder = copyOfPrograms();
    edit(folder, new RegExp(`^${fileOf(program)}\\.js$`), '"0.1.0"', '"7.8.9"');
    const { stdout, stderr } = await run(process.execPath, [join(folder, 'bin', `${program}.js`), '--version']);
    expect(`${stdout}${stderr}`).toContain(`${program} 7.8.9`);
  });

  test('is what runs of the parts that are loaded later', async () => {
    const folder = copyOfPrograms();
    edit(folder, /^executor-/, '--dead-letter directory', '--DEAD-LETTER directory');
    const words = [
      '-t',
      'a',
      '-q',
      '1',
      '-c',
      '-i',
      'me',
      '--exec',
      'x',
      '--dead-letter',
      join(tempDir(), 'no', 'parent'),
    ];
    const { stderr } = await run(process.execPath, [join(folder, 'bin', 'tssub.js'), ...words]);
    expect(stderr).toContain('Error: Unable to use --DEAD-LETTER directory');
  });
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

test.each(PROGRAMS)(
  'a Node without process.getBuiltinModule (18) gets one line from %s that names the version it needs',
  async (program) => {
    const old = join(tempDir(), 'old.cjs');
    writeFileSync(old, 'process.getBuiltinModule = undefined;');
    const { status, stdout, stderr } = await run(process.execPath, [
      ...['--require', old, join(root, 'bin', `${program}.js`), '--version'],
    ]);
    const { node } = process.versions;
    expect({ status, stdout: stdout.toString(), stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: `Error: ${program} needs Node.js 20.19, or 22.3 or newer, and this is Node.js ${node}.\n`,
    });
  },
);

test('a secret behind a pasted dash is masked by the program as it is built, too', async () => {
  const { stderr } = await run(process.execPath, [join(root, 'bin', 'tspub.js'), '\u2013Psecret-word']);
  expect(stderr).toContain("Error: Unknown option '\u2013P…'.");
  expect(stderr).not.toContain('secret-word');
});
