/**
 * tspub --flush killed with kill -9 before each call that changes a file, one after the other, while it sends to a server
 * that keeps its session: the next run brings it to its end, everything comes in order and, at QoS 2, once.
 */
import { chmodSync, cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it as one } from 'vitest';
import { NO_PROPERTIES, type Properties } from '../../src/mqtt/properties.ts';
import { type ModelBroker, startModelBroker } from '../faults/model-broker.ts';
import { numbers } from '../support/lines.ts';
import { root } from '../support/root.ts';
import { type RunResult, run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';

/** They wait for time limits most of the time, so several do it at once. */
const it = one.concurrent;

/** Not every Node copies the mode of a folder. */
function copySpool(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  chmodSync(to, 0o700);
}

const SHIM = join(root, 'test/e2e/kill-at-call.cjs');
const TSPUB = join(root, 'bin/tspub.js');
const COUNT = 30;

function flush(spool: string, { port }: ModelBroker, version: 4 | 5, env: Record<string, string>): Promise<RunResult> {
  const args = [
    '--spool',
    spool,
    '--flush',
    '--spool-status',
    '75',
    '-h',
    '127.0.0.1',
    '-p',
    `${port}`,
    '-V',
    version === 5 ? '5' : '311',
  ];
  return run(process.execPath, ['--require', SHIM, TSPUB, ...args], { env });
}

async function filled(qosOf: (i: number) => number): Promise<string> {
  const folder = join(tempDir(), 'spool');
  const lines = Array.from({ length: COUNT }, (_, i) => JSON.stringify({ topic: 't', payload: `${i}`, qos: qosOf(i) }));
  expect((await run('tsspool', [folder, 'import'], { stdin: lines.join('\n') })).status).toBe(0);
  return folder;
}

/** A receive maximum is the window of the server; MQTT 3.1.1 has no word for it. */
it.each([
  ['MQTT 3.1.1, QoS 2', 4, undefined, () => 2],
  ['MQTT 5, receive maximum 7, QoS 2', 5, 7, () => 2],
  ['MQTT 5, receive maximum 7, QoS 2 and 1 in turns of ten', 5, 7, (i: number) => (i % 20 < 10 ? 2 : 1)],
] as const)(
  '%s',
  async (_, version, receiveMaximum, qosOf) => {
    const original = await filled(qosOf);
    const properties: Properties =
      receiveMaximum === undefined ? NO_PROPERTIES : [{ name: 'receive-maximum', value: receiveMaximum }];
    const broker = await startModelBroker({ version, properties: () => properties });
    const counted = join(tempDir(), 'count');
    const whole = join(tempDir(), 'spool');
    copySpool(original, whole);
    const undisturbed = await flush(whole, broker, version, { KILL_COUNT: counted });
    expect([undisturbed.status, undisturbed.stderr]).toEqual([0, '']);
    const calls = Number(readFileSync(counted, 'utf8'));
    expect(calls).toBeGreaterThan(20);
    const payloads = numbers(0, COUNT - 1);
    const check = (at: number): void => {
      const taken = broker.model.accepted.map(({ payload, qos }) => ({ text: Buffer.from(payload).toString(), qos }));
      const first = taken.filter(({ text }, i) => taken.findIndex((other) => other.text === text) === i);
      expect(
        first.map(({ text }) => text),
        `killed at call ${at}`,
      ).toEqual(payloads);
      const exactly = taken.filter(({ qos }) => qos === 2).map(({ text }) => text);
      expect(exactly, `killed at call ${at}`).toEqual(payloads.filter((_, i) => qosOf(i) === 2));
      expect(broker.model.violations).toEqual([]);
    };
    check(0);
    let kills = 0;
    for (let at = 1; at <= calls; at++) {
      const folder = join(tempDir(), 'spool');
      copySpool(original, folder);
      broker.model.accepted.length = 0;
      broker.model.loseSessions();
      const { signal, status, stderr } = await flush(folder, broker, version, { KILL_AT: `${at}` });
      // What comes in one piece is written down at once, so a run may have fewer calls than the first, and end in order.
      if (signal === 'SIGKILL') kills++;
      else expect([status, stderr], `not killed at call ${at}`).toEqual([0, '']);
      let next = await flush(folder, broker, version, {});
      // A lock that was cut off before it named its holder goes by its age.
      for (let i = 0; i < 100 && next.status === 75; i++) {
        await sleep(100);
        next = await flush(folder, broker, version, {});
      }
      expect([next.status, next.stderr], `killed at call ${at}`).toEqual([0, '']);
      check(at);
    }
    expect(kills).toBeGreaterThan(15);
  },
  600_000,
);
