// Runs before each test of the single executables: skips tests that their runtime cannot pass, and reports it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach } from 'vitest';
import { root } from './root.ts';

interface Row {
  file: string;
  /** A part of the full name of a test. */
  test: string;
  reason: string;
}

const ROWS = JSON.parse(readFileSync(join(root, 'test/standalone.json'), 'utf8')) as Row[];

beforeEach(({ task, skip }) => {
  const names = [task.name];
  for (let suite = task.suite; suite !== undefined; suite = suite.suite) names.unshift(suite.name);
  const name = names.join(' > ');
  const row = ROWS.find(({ file, test }) => task.file.name === file && name.includes(test));
  if (row !== undefined) skip(row.reason);
});
