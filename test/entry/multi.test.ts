// The root of the single executable has all programs in it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/root.ts';

const roots = readdirSync(join(root, 'src/entry')).flatMap((name) => /^(ts\w+)\.ts$/.exec(name)?.[1] ?? []);

test('multi.ts starts every program that has a root', () => {
  const source = readFileSync(join(root, 'src/entry/multi.ts'), 'utf8');
  expect(
    [...source.matchAll(/^ {2}(ts\w+): \(\) => import\('\.\/\1\.ts'\),$/gm)].map(([, name]) => name).sort(),
  ).toEqual(roots.sort());
});

test('test/standalone.json names files that exist, and says why', () => {
  const rows = JSON.parse(readFileSync(join(root, 'test/standalone.json'), 'utf8')) as Record<string, string>[];
  for (const row of rows) {
    expect(Object.keys(row).sort()).toEqual(['file', 'reason', 'test']);
    expect(readFileSync(join(root, row['file'] ?? ''), 'utf8')).not.toBe('');
    expect(row['reason']).not.toBe('');
  }
});
