// Packages of others: what is bundled is a development dependency and has its license packed, the rest is installed.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/root.ts';

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  files: string[];
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const notices = readFileSync(join(root, 'THIRD-PARTY-NOTICES'), 'utf8');
/** Of these, `ws` uses what it finds, and does without. */
const OPTIONAL = ['bufferutil', 'utf-8-validate'];

/** The packages that some code asks for while it runs. */
function asked(code: string): string[] {
  const words = code.matchAll(/(?:\brequire\(|\bimport\(|\bfrom ?|\bimport ?)"([^"]+)"/g);
  return [...words].map(([, name]) => name!).filter((name) => /^[@a-z]/.test(name) && !isBuiltin(name));
}

test('the third-party notices are what npm run notices writes', () => {
  const script = join(root, 'scripts', 'notices.mjs');
  expect(execFileSync(process.execPath, [script, '--print'], { encoding: 'utf8' })).toBe(notices);
});

test('each notice has the text of a license, and none is of a package that is installed', () => {
  const [, ...parts] = notices.split(/^-{80}$/m);
  const names: string[] = [];
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const name = /^\n(\S+) [\d.]+ \(\S+\)\n/.exec(parts[i]!)?.[1] ?? parts[i]!;
    expect(parts[i + 1], name).toMatch(/permi(t|ssion)/i);
    expect(parts[i + 1], name).toMatch(/warrant/i);
    names.push(name);
  }
  expect(names).toEqual(expect.arrayContaining(['chalk', 'ip-address', 'sha512-crypt-ts', 'socks', 'ws', 'yargs']));
  expect(names.filter((name) => name in manifest.dependencies)).toEqual([]);
});

test('what dist/ loads from node_modules is what the package depends on', () => {
  const code = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.c?js$/.test(name))
    .map((name) => readFileSync(join(root, 'dist', name), 'latin1'));
  const loaded = new Set(code.flatMap(asked));
  for (const name of OPTIONAL) loaded.delete(name);
  expect([...loaded].sort()).toEqual(Object.keys(manifest.dependencies).sort());
});

test('the license, the notices and the security policy are packed', () => {
  expect(manifest.files).toEqual(expect.arrayContaining(['LICENSE', 'THIRD-PARTY-NOTICES', 'SECURITY.md']));
});
