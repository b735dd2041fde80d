// What the build makes follows from the sources alone, and it mends what does not fit them.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/root.ts';
import { childEnv } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';

const PATIENT = 240_000;

/** What is bundled, and what bundles it. */
const PACKAGES = [...readFileSync(join(root, 'THIRD-PARTY-NOTICES'), 'utf8').matchAll(/^-+\n(\S+) [\d.]+ \(/gm)].map(
  ([, name]) => name!,
);

/** A checkout in a place of its own, with packages of its own: esbuild would follow a link to where they are. */
function checkout(...place: string[]): string {
  const folder = join(tempDir('file'), ...place);
  mkdirSync(folder, { recursive: true });
  for (const name of ['src', 'scripts', 'package.json', 'package-lock.json'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  for (const name of [...PACKAGES, 'esbuild', '@esbuild'])
    cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true });
  return folder;
}

function build(folder: string, env: NodeJS.ProcessEnv = {}): void {
  execFileSync(process.execPath, [join(folder, 'scripts', 'build.mjs')], {
    cwd: folder,
    env: { ...childEnv(), ...env },
    timeout: PATIENT,
  });
}

/** Every file of dist/ and its bytes. */
function built(folder: string): Map<string, Buffer> {
  const files = readdirSync(join(folder, 'dist'), { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => join(item.parentPath, item.name));
  return new Map(files.sort().map((path) => [path.slice(folder.length + 1), readFileSync(path)]));
}

/** Files of which the second build has other bytes, or which one of the two does not have. */
function differences(one: Map<string, Buffer>, other: Map<string, Buffer>): string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => !one.get(name)?.equals(other.get(name) ?? Buffer.of()));
}

test('two builds of the same sources, in other places and surroundings, give the same bytes', {
  timeout: PATIENT,
}, () => {
  const first = checkout();
  const second = checkout('a', 'longer path, elsewhere');
  build(first);
  build(second, {
    TZ: 'Asia/Tokyo',
    LANG: 'de_DE.UTF-8',
    TSMOSQ_HOST: 'nowhere.invalid',
    NODE_OPTIONS: '--max-semi-space-size=8',
  });
  const files = built(first);
  expect([...files.keys()].filter((name) => name.startsWith(join('dist', 'compiled'))).length).toBeGreaterThanOrEqual(
    // tspub, tssub with tsrr and tscheck, the commands of --exec, tspasswd.
    4,
  );
  expect(differences(files, built(second))).toEqual([]);
  // Nor does a file say where it was built.
  for (const [name, bytes] of files) expect(`${name} ${bytes.includes(first)}`).toBe(`${name} false`);
});

test('a build replaces compiled code that does not fit the readable code', { timeout: PATIENT }, () => {
  const folder = checkout();
  build(folder);
  const before = built(folder);
  for (const name of ['tspub', 'tssub']) {
    const path = join(folder, 'dist', 'compiled', `${process.version}-${process.arch}`, name);
    writeFileSync(path, readFileSync(path).subarray(4));
  }
  expect(differences(before, built(folder))).toHaveLength(2);
  build(folder);
  expect(differences(before, built(folder))).toEqual([]);
});
