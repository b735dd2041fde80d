// The promise at length: brokers killed with kill -9, subscribers killed with kill -9, a reader that is too slow.
// ENDURANCE=full takes a million lines, 200 kills and 300 MB; without it a small part of that. SEED=N repeats the moments.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { at } from '../e2e/broker.ts';
import { cleanUp } from '../support/cleanup.ts';
import { type Broker, describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { start } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { saveState } from './broker-state.ts';
import { Exchanges } from './exchanges.ts';
import { type FaultProxy, type Link, startFaultProxy } from './proxy.ts';
import { randomFrom, seedOf, Tally } from './unique.ts';

const FULL = process.env['ENDURANCE'] === 'full';
const LINES = FULL ? 1_000_000 : 5_000;
const RESTARTS = FULL ? 5 : 2;
const JOBS = FULL ? 20_000 : 1_500;
const KILLS = FULL ? 200 : 8;
const PUSHED = FULL ? 300e6 : 40e6;
const SLOW_FOR = FULL ? 30_000 : 3_000;
/** The slow reader takes a number of bytes at regular intervals in milliseconds. */
const SIP = 50_000;
const SIP_EVERY = 50;
const PATIENT = FULL ? 1_800_000 : 90_000;
const MEMORY_LIMIT_MB = 130;

const QUIET = {
  extra: [
    ...['max_queued_messages 0', 'max_inflight_messages 0', 'autosave_interval 0'],
    ...['log_type none', 'log_type error', 'log_type warning', 'log_type notice', 'log_type information'],
    'log_type subscribe',
  ],
};

/**
 * The publisher is cut off wherever it is; the broker writes down what it has, is killed, and comes back with that. The
 * witness comes to rest before: mosquitto 2.0.11 does not write down that a PUBREL is out, and after a restart sends
 * such messages again, as PUBLISH with DUP, to a client that has completed them. Those look like new ones.
 */
async function killAndRestart(
  broker: Broker,
  proxies: readonly FaultProxy[],
  exchanges: Exchanges,
  store: string,
): Promise<void> {
  const [publisher, witness] = proxies;
  publisher!.hold();
  await exchanges.rest();
  witness!.hold();
  await saveState(broker, store);
  await broker.kill('SIGKILL');
  for (const proxy of proxies) proxy.cutAll();
  await broker.restart();
}

describeWithMosquitto('endurance', () => {
  for (const qos of ['1', '2']) {
    test(`tspub -l -q ${qos}: ${LINES} lines over ${RESTARTS} kills of the broker`, { timeout: PATIENT }, async () => {
      const store = tempDir();
      const broker = await startMosquitto({ ...QUIET, persistence: store });
      const exchanges = new Exchanges();
      const good = (): Link => ({});
      const proxies = [
        await startFaultProxy(broker.port, good),
        await startFaultProxy(broker.port, good, exchanges.see),
      ];
      const [near, far] = proxies.map(({ port }) => at(port));
      const begun = Date.now();
      const tally = new Tally(LINES);
      const witness = start('tssub', [...far!, '-t', 'a', '-q', qos, '-c', '-i', 'witness']);
      witness.child.stdout!.on('data', (chunk: Buffer) => tally.take(chunk));
      await broker.waitForLog(/^witness \d a/m);
      const args = [...near!, '-t', 'a', '-q', qos, '-l', '-c', '-i', 'publisher', '--summary'];
      const publisher = start('tspub', args, { stdin: Tally.input(LINES) });

      for (let i = 0; i < RESTARTS; i++) {
        await tally.reaches(((i + 1) * LINES) / (RESTARTS + 1));
        await killAndRestart(broker, proxies, exchanges, store);
      }
      const { status, stderr } = await publisher.exited;
      await tally.reaches(LINES);
      await sleep(500);
      await witness.kill('SIGTERM');

      const { missing, repeated } = tally.compare();
      const summary = stderr.trimEnd().split('\n').at(-1);
      console.log(`endurance: -q ${qos}: ${LINES} lines, ${RESTARTS} kills, ${(Date.now() - begun) / 1000} s,`);
      console.log(`  ${summary}; received ${tally.received}, missing ${missing}, repeated ${repeated}`);
      expect({ status, missing }).toEqual({ status: 0, missing: 0 });
      if (qos === '2')
        expect({ repeated, lost: /lost the session/.test(stderr) }).toEqual({ repeated: 0, lost: false });
      expect(summary).toMatch(new RegExp(`^sent ${LINES}, acknowledged ${LINES}, refused 0, resent \\d+$`));
    });
  }

  test(`tssub -c -q 1 is killed ${KILLS} times while ${JOBS} jobs flow, and all are printed`, {
    timeout: PATIENT,
  }, async () => {
    const seed = seedOf();
    const random = randomFrom(seed);
    const broker = await startMosquitto(QUIET);
    const args = [...at(broker.port), '-t', 'jobs', '-q', '1', '-c', '-i', 'worker'];
    await start('tssub', [...args, '-E']).exited;
    const publisher = start('tspub', [...at(broker.port), '-t', 'jobs', '-q', '1', '-l'], { keepStdinOpen: true });
    const tally = new Tally(JOBS);
    let offered = 0;
    let kills = 0;
    /** Jobs in a turn: enough to last for as long as there are kills. */
    const share = Math.ceil(JOBS / KILLS);
    while (kills < KILLS || offered < JOBS) {
      const worker = start('tssub', args);
      const lifetime = sleep(random() * 400);
      for (let i = 0; i < 4 && offered < JOBS; i++) {
        const next = Math.min(JOBS, offered + Math.ceil(share / 4));
        publisher.child.stdin!.write(Tally.input(next, offered));
        offered = next;
        await sleep(random() * 60);
      }
      await lifetime;
      const { stdout } = await worker.kill('SIGKILL');
      kills++;
      tally.takeWhole(stdout);
    }
    publisher.child.stdin!.end();
    const { status } = await publisher.exited;
    const beforeLast = tally.compare();
    if (beforeLast.missing > 0) {
      const last = start('tssub', args);
      last.child.stdout!.on('data', (chunk: Buffer) => tally.take(chunk));
      await tally.completes();
      await last.kill('SIGTERM');
    }
    const { missing, repeated } = tally.compare();
    console.log(
      `endurance: SEED=${seed}: ${kills} kills, ${JOBS} jobs, printed before the last run ${JOBS - beforeLast.missing}, ` +
        `missing ${missing}, repeated ${repeated}`,
    );
    expect({ status, missing }).toEqual({ status: 0, missing: 0 });
  });

  test(`tssub behind a reader of 1 MB/s has a bound on its memory, keeps the connection, and loses nothing`, {
    timeout: PATIENT,
  }, async () => {
    const size = 10_000;
    const count = PUSHED / size;
    const broker = await startMosquitto(QUIET);
    const args = [...at(broker.port), '-t', 'a', '-q', '1', '-c', '-i', 'slow', '-k', '5', '-C', `${count}`];
    const first = await start('tssub', [...at(broker.port), '-t', 'a', '-q', '1', '-c', '-i', 'slow', '-E']).exited;
    expect(first.status, first.stderr).toBe(0);
    const reader = start('tssub', args, { leaveStdout: true });
    const output = reader.child.stdout!;
    const input = Tally.input(count, 0, size);
    const publisher = start('tspub', [...at(broker.port), '-t', 'a', '-q', '1', '-l'], { stdin: input });

    const tally = new Tally(count);
    let slowly = 0;
    cleanUp((failed) => {
      if (failed) console.log(`when the test failed: ${slowly} bytes taken slowly`, tally.received, tally.compare());
    });
    for (let i = 0; i < SLOW_FOR / SIP_EVERY; i++) {
      await sleep(SIP_EVERY);
      const chunk: Buffer | null = output.read(SIP) ?? output.read();
      if (chunk === null) continue;
      slowly += chunk.length;
      tally.take(chunk);
    }
    const peak = peakMemoryMb(reader.child.pid!);
    output.on('data', (chunk: Buffer) => tally.take(chunk));
    const { status, stderr } = await reader.exited;
    const statuses = [status, (await publisher.exited).status];
    const { missing, repeated, disorder } = tally.compare();
    console.log(
      `endurance: ${PUSHED / 1e6} MB at a reader that took ${(slowly / SLOW_FOR / 1000).toFixed(2)} MB/s for ` +
        `${SLOW_FOR / 1000} s: peak memory ${peak} MB, missing ${missing}, repeated ${repeated}`,
    );
    expect({ statuses, stderr, missing, repeated, disorder }).toEqual({
      statuses: [0, 0],
      stderr: '',
      missing: 0,
      repeated: 0,
      disorder: 0,
    });
    if (peak !== undefined) expect(peak).toBeLessThan(MEMORY_LIMIT_MB);
    expect(broker.log()).not.toMatch(/slow has exceeded timeout/);
  });
});

/** The most memory that this process has used; undefined where the system does not report it. */
function peakMemoryMb(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kilobytes) / 1024);
  } catch {
    return undefined;
  }
}
