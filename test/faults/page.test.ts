// docs/fault-results.md has a row for every fault scenario, under the same name and in the same order.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/root.ts';
import { OURS, THEIRS } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

test('docs/fault-results.md has the result of each scenario, with both families of clients', () => {
  const rows = [
    ...readFileSync(join(root, 'docs/fault-results.md'), 'utf8').matchAll(
      /^\| (.*) \| (\d?) \| ((?:ts|mosquitto_)\w+) \|/gm,
    ),
  ].map(([, title, qos, program]) => `${program} ${qos} ${title}`.trim());
  expect(rows).toEqual(
    SCENARIOS.flatMap(({ program, qos, title }) => [`${OURS[program]} ${qos} ${title}`, THEIRS[program]]),
  );
});
