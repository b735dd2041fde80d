/** Many processes put messages into one spool, and are killed at any moment: what was accepted with exit 0 is there. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { run, start } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';

it('kill -9 of writers: each message reported with exit status 0 is there, once and in the order of each writer', async () => {
  const folder = join(tempDir(), 'spool');
  const accepted: string[] = [];
  const given = new Set<string>();
  let killed = 0;
  const writer = async (name: string): Promise<void> => {
    for (let turn = 0; turn < 8; turn++) {
      const payloads = Array.from({ length: 300 }, (_, i) => `${name} ${turn} ${i} ${'x'.repeat((i * 7) % 900)}`);
      for (const payload of payloads) given.add(payload);
      const lines = payloads.map((payload) => JSON.stringify({ topic: `w/${name}`, payload, qos: 2 })).join('\n');
      const { child, exited } = start('tsspool', [folder, 'import'], { stdin: lines });
      // Half of them are left alone; starting takes some time, and the work is short.
      const wait = Math.random() < 0.5 ? undefined : 30 + Math.random() * 250;
      if (wait !== undefined) void sleep(wait).then(() => child.kill('SIGKILL'));
      const { status, signal, stderr } = await exited;
      if (status === 0) accepted.push(...payloads);
      else {
        expect(signal, stderr).toBe('SIGKILL');
        killed++;
      }
      expect(stderr).toMatch(/^(Warning: .* was not written to its end; .*\n)*$/);
    }
  };
  await Promise.all(['a', 'b', 'c', 'd'].map(writer));
  const dropper = await run('tsspool', [folder, 'drop', '--topic', 'nothing']);
  expect(dropper).toMatchObject({ status: 0 });
  expect((await run('tsspool', [folder, 'verify'])).status).toBe(0);
  const { stdout } = await run('tsspool', [folder, 'export']);
  const found = stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map((text) => (JSON.parse(text) as { payload: string }).payload);
  const there = new Set(found);
  expect(there.size).toBe(found.length);
  expect(accepted.filter((payload) => !there.has(payload))).toEqual([]);
  expect(found.filter((payload) => !given.has(payload))).toEqual([]);
  for (const name of ['a', 'b', 'c', 'd']) {
    const keys = found
      .filter((payload) => payload.startsWith(`${name} `))
      .map((payload) => payload.split(' ').slice(1, 3).map(Number))
      .map(([turn, i]) => turn! * 1000 + i!);
    expect(keys).toEqual([...keys].sort((one, other) => one - other));
  }
  console.log(`${accepted.length} accepted, ${killed} writers killed, ${found.length} found`);
}, 240_000);
