// kill -9 of tssub --exec: every message is handled at last, or is a dead letter.

import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test as one } from 'vitest';
import { endCommandsNaming } from '../support/commands.ts';
import { asLines, numbers } from '../support/lines.ts';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { start } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { mosquittoPlace, type Place, publish, subscribe } from './broker.ts';

/** They wait for time limits most of the time, so several do it at once. */
const test = one.concurrent;

const PATIENT = { timeout: 120_000 };
const COUNT = 40;
const jobs = numbers(1, COUNT);

/** A folder with a file for each number that was handled, and one for dead letters. */
function results() {
  const folder = tempDir();
  // What kill -9 of the program has left running.
  endCommandsNaming(folder);
  for (const name of ['done', 'dead']) mkdirSync(join(folder, name));
  const handled = () => readdirSync(join(folder, 'done'));
  const dead = () =>
    readdirSync(join(folder, 'dead'))
      .filter((name) => name.endsWith('.json'))
      .map((name) => (JSON.parse(readFileSync(join(folder, 'dead', name), 'utf8')) as { payload: string }).payload);
  return { folder, handled, dead };
}

const sorted = (texts: Iterable<string>) => [...new Set(texts)].sort((a, b) => Number(a) - Number(b));

/** Kills a worker with kill -9 after this many messages are handled; returns whether it got that far. */
async function killedAt(place: Place, args: readonly string[], handled: () => string[], count: number) {
  const running = start('tssub', [...place.args, ...args]);
  await expect.poll(() => handled().length >= count, { timeout: 60_000, interval: 10 }).toBe(true);
  await running.kill('SIGKILL');
}

describeWithMosquitto('tssub --exec, killed', () => {
  test.each(['311', '5'])(
    '-V %s: failing, slow, killed and hanging commands, 4 workers, kill -9 three times: nothing is missing',
    PATIENT,
    async (version) => {
      const place = await mosquittoPlace({ extra: ['max_queued_messages 0'] });
      const { folder, handled, dead } = results();
      const session = ['-V', version, '-q', '1', '-c', '-i', 'worker', '-t', 'jobs/#', '--quiet'];
      await subscribe(place, [...session, '-E']);
      await publish(place, ['-q', '1', '-t', 'jobs/a', '-l'], { stdin: asLines(jobs) });
      // 7, 14 …: fail always. 9, 18 …: killed. 13: hangs. 5, 10 …: slow. 11, 22 …: fail the first time.
      const command = `read -r n
        [ $((n % 7)) = 0 ] && exit 1; [ $((n % 9)) = 0 ] && kill -9 $$
        [ $n = 13 ] && sleep 1000; [ $((n % 5)) = 0 ] && sleep 0.3
        [ $((n % 11)) = 0 ] && [ "$MQTT_ATTEMPT" = 1 ] && exit 3
        : > '${folder}/done/'$n`;
      const limits = ['--exec-timeout', '3', '--exec-retries', '1', '--dead-letter', join(folder, 'dead')];
      const args = [...session, '--workers', '4', ...limits, '--exec', command];
      for (const count of [3, 8, 14]) await killedAt(place, args, handled, count);
      const { status } = await subscribe(place, [...args, '--drain', '-W', '80'], { timeoutMs: 90_000 });
      expect(status).toBe(0);
      const fails = (n: string) => Number(n) % 7 === 0 || Number(n) % 9 === 0 || n === '13';
      // What a busy machine did not do within the time is a dead letter too.
      expect(sorted(dead())).toEqual(expect.arrayContaining(jobs.filter(fails)));
      expect(handled().filter(fails)).toEqual([]);
      expect(sorted([...handled(), ...dead()])).toEqual(jobs);
      expect((await subscribe(place, [...session, '--drain'])).status).toBe(28);
    },
  );

  test(
    '$share: three workers split the work; one that is killed leaves its messages to the others or its next start',
    PATIENT,
    async () => {
      const place = await mosquittoPlace({ extra: ['max_queued_messages 0'] });
      const { folder, handled } = results();
      const worker = (id: string) => {
        const command = `read -r n; sleep 0.1; : > '${folder}/done/'$n; : > '${folder}/by-${id}'`;
        return ['-V', '5', '-q', '1', '-c', '-i', id, '-t', '$share/jobs/jobs/#', '--exec', command];
      };
      const ids = ['w1', 'w2', 'w3'];
      const running = ids.map((id) => start('tssub', [...place.args, ...worker(id)]));
      for (const id of ids) await place.subscribed(id);
      await publish(place, ['-q', '1', '-t', 'jobs/a', '-l'], { stdin: asLines(jobs) });
      await expect.poll(() => ids.every((id) => existsSync(join(folder, `by-${id}`))), { timeout: 60_000 }).toBe(true);
      await running[0]!.kill('SIGKILL');
      running[0] = start('tssub', [...place.args, ...worker('w1')]);
      // Before it is there, SIGTERM would not end it in order.
      await place.broker.waitForLog(/Sending SUBACK to w1\n.*Sending SUBACK to w1\n/s, 30_000);
      await expect.poll(() => sorted(handled()), { timeout: 60_000 }).toEqual(jobs);
      for (const each of running) expect((await each.kill('SIGTERM')).status).toBe(0);
      for (const id of ids)
        expect(
          (await subscribe(place, ['-V', '5', '-q', '1', '-c', '-i', id, '-t', '$share/jobs/jobs/#', '--drain']))
            .status,
        ).toBe(28);
    },
  );
});
