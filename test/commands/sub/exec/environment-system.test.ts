/** What a command finds in its environment, as far as the system has a say in it. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { leftOut, messageEnvironment } from '../../../../src/commands/sub/exec/environment.ts';

test('a process starts with the longest environment that a message can make', () => {
  const longest = 'x'.repeat(65_535);
  const user = { name: 'user-property', value: ['n'.repeat(65_000), 'v'.repeat(65_000)] } as const;
  const env = messageEnvironment(
    {
      type: 'publish',
      dup: false,
      qos: 1,
      retain: false,
      topic: longest,
      packetId: 7,
      payload: Buffer.from('x'),
      properties: [
        { name: 'content-type', value: longest },
        { name: 'response-topic', value: longest },
        { name: 'correlation-data', value: Buffer.alloc(65_535) },
        user,
        user,
        ...Array(10_000).fill({ name: 'subscription-identifier', value: 268_435_455 } as const),
      ],
    },
    1,
  );
  expect(leftOut(env)).toEqual([]);
  expect(spawnSync('/bin/sh', ['-c', 'exit 7'], { env }).status).toBe(7);
});
