import { expect, it } from 'vitest';
import { hintOfRejection } from '../../../src/commands/pub/hint-of-rejection.ts';

it.each([
  [135, undefined, "Hint: The access rules of the broker do not allow publishing to 'a'.\n"],
  [128, undefined, 'Hint: The broker gives no reason. Its log may have one.\n'],
  [128, 'not on Sundays', ''],
  [145, undefined, ''],
] as const)('a rejection with %i and the reason %s prints %j', async (code, reason, printed) => {
  let stderr = '';
  const run = {
    warn(text: string) {
      stderr += text;
    },
  };
  await hintOfRejection({ code, reason }, run, 'a');
  expect(stderr).toBe(printed);
});
