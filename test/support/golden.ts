// Golden files: each holds a printed text that a person has checked. `UPDATE=1` rewrites the files.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { root } from './root.ts';

export const UPDATING = process.env['UPDATE'] === '1';

export const goldenFile = (name: string): string => join(root, 'test/golden', name);

/** Compares the text with this golden file. */
export function expectGolden(name: string, text: string): void {
  if (UPDATING) writeFileSync(goldenFile(name), text);
  expect(text).toBe(readFileSync(goldenFile(name), 'utf8'));
}
