// Law: jobs publish into one spool every second and are killed with kill -9 at random, while the server is stopped, killed and
// started again: each message reported with exit status 0 arrives, at QoS 2 once as long as the session is kept, and in order
// per topic. SPOOL_JOBS, SPOOL_SECONDS and SPOOL_SEEDS say how much of it, SEED where the seeds begin: `npm run cron`.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { at, launch, run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { type CronServer, cronModel, cronMosquitto } from './cron-servers.ts';
import { randomFrom, seedOf } from './unique.ts';
import type { Arrival } from './witness.ts';

const JOBS = Number(process.env['SPOOL_JOBS'] ?? 6);
const SECONDS = Number(process.env['SPOOL_SECONDS'] ?? 4);
const SEEDS = Number(process.env['SPOOL_SEEDS'] ?? 1);
const FIRST_SEED = seedOf();
/** Part of the name of a server. */
const ONLY = process.env['SPOOL_SERVER'] ?? '';
/** A run takes longer than its seconds where processors are few; then it has still to send what waits. */
const PATIENCE = 240_000 + SECONDS * 5000;
const KILLED = 0.15;
/** Errors that a kill does not excuse. */
const NEVER_SAID = /damaged|missing|record of messages in flight is lost|taken away/;

const SERVERS = {
  mosquitto: (version: 4 | 5) => cronMosquitto(version),
  'a server that forgets nothing': cronModel,
};

interface Report {
  runs: number;
  accepted: number;
  killed: number;
  stops: number;
  kills: number;
}

class Jobs {
  readonly report: Report = { runs: 0, accepted: 0, killed: 0, stops: 0, kills: 0 };
  readonly accepted: string[] = [];
  readonly #seed: number;
  readonly #args: readonly string[];
  readonly #server: CronServer;
  #working = 0;

  constructor(seed: number, spool: string, version: 4 | 5, server: CronServer) {
    this.#seed = seed;
    this.#server = server;
    this.#args = ['--spool', spool, ...at(server.port), '-V', version === 5 ? '5' : '311'];
  }

  async run(): Promise<void> {
    this.#working = JOBS;
    const jobs = Array.from({ length: JOBS }, (_, i) => this.#job(i).finally(() => void this.#working--));
    await Promise.all([...jobs, this.#misfortunes()]);
    for (let tries = 0; ; tries++) {
      const { status, stderr } = await run('tspub', [...this.#args, '--flush', '--spool-status', '75'], {
        timeoutMs: 60_000,
      });
      expect(stderr).not.toMatch(NEVER_SAID);
      if (status === 0) return;
      expect([status, tries < 20 ? '' : stderr]).toEqual([75, '']);
    }
  }

  /** The n-th message of a job is `JOB.N`, on a topic of its own; odd jobs at QoS 1, the others at QoS 2. */
  async #job(number: number): Promise<void> {
    const random = randomFrom(this.#seed * 1000 + number);
    const start = Date.now() + random() * 1000;
    for (let i = 0; i < SECONDS; i++) {
      await sleep(Math.max(0, start + i * 1000 - Date.now()));
      const text = `${number}.${i}`;
      const message = ['-t', `job/${number}`, '-m', text, '-q', `${2 - (number % 2)}`];
      const { child, exited } = launch('tspub', [...this.#args, ...message]);
      if (random() < KILLED) void sleep(random() * 400).then(() => child.kill('SIGKILL'));
      const { status, signal, stderr } = await exited;
      this.report.runs++;
      expect(stderr).not.toMatch(NEVER_SAID);
      if (status === 0) this.accepted.push(text);
      else expect(signal, `${text}: ${stderr}`).toBe('SIGKILL');
      if (status !== 0) this.report.killed++;
    }
  }

  async #misfortunes(): Promise<void> {
    const random = randomFrom(this.#seed * 1000 + 999);
    for (;;) {
      await sleep(300 + random() * Math.min(5000, SECONDS * 200));
      if (this.#working === 0) break;
      const kind = random() < 0.4 ? 'stop' : 'kill';
      await this.#server[kind]();
      this.report[`${kind}s`]++;
      await sleep(random() * 1500);
      await this.#server.start();
    }
    this.report.accepted = this.accepted.length;
  }
}

/** Resolves when nothing has come for a while. */
async function quiet(server: CronServer): Promise<readonly Arrival[]> {
  for (let count = -1; count !== server.arrivals().length; ) {
    count = server.arrivals().length;
    await sleep(700);
  }
  return server.arrivals();
}

/** First arrivals by topic that are not in the order of their numbers. */
function disorder(arrivals: readonly Arrival[]): string[] {
  const last = new Map<string, number>();
  const seen = new Set<string>();
  return arrivals
    .filter(({ text }) => !seen.has(text) && seen.add(text))
    .filter(({ topic, text }) => {
      const number = Number(text.split('.')[1]);
      const before = last.get(topic) ?? -1;
      last.set(topic, Math.max(number, before));
      return number < before;
    })
    .map(({ text }) => text);
}

/** Twice between two losses of the session. */
function repeated(arrivals: readonly Arrival[], losses: readonly number[]): string[] {
  const seen = new Set<string>();
  return arrivals.flatMap(({ qos, text }, i) => {
    if (losses.includes(i)) seen.clear();
    const again = qos === 2 && seen.has(text);
    seen.add(text);
    return again ? [text] : [];
  });
}

describeWithMosquitto('jobs that share a spool', () => {
  const seeds = Array.from({ length: SEEDS }, (_, i) => FIRST_SEED + i);
  const rows = seeds.flatMap((seed) =>
    (Object.keys(SERVERS) as (keyof typeof SERVERS)[])
      .filter((name) => name.includes(ONLY))
      .map((name) => [name, seed]),
  );
  test.each(rows as [keyof typeof SERVERS, number][])(
    `${JOBS} for ${SECONDS} s: %s, seed %i`,
    { timeout: PATIENCE },
    async (name, seed) => {
      const spool = join(tempDir(), 'spool');
      const version = (seed >> 1) % 2 === 0 ? 4 : 5;
      const server = await SERVERS[name](version, randomFrom(seed * 1000 + 998));
      const jobs = new Jobs(seed, spool, version, server);
      const began = Date.now();
      await jobs.run();
      const arrivals = await quiet(server);
      const arrived = new Set(arrivals.map(({ text }) => text));
      const missing = jobs.accepted.filter((text) => !arrived.has(text));
      const twice = repeated(arrivals, server.losses);
      const { wire } = server;
      // What the server had answered for before it was killed is its own loss, and so is what it says again.
      const lost = missing.filter((text) => wire?.trails.get(text)?.owned !== true);
      const own = wire === undefined ? twice : [];
      console.log(
        `cron: ${name}: ${JSON.stringify({ seed, version, seconds: Math.round((Date.now() - began) / 1000), ...jobs.report, arrived: arrived.size, lost: lost.length, twice: own.length, disorder: disorder(arrivals).length, ...(wire === undefined ? { sessionsLost: server.losses.length } : { lostByServer: [1, 2].map((qos) => missing.filter((text) => !lost.includes(text) && wire.trails.get(text)?.qos === qos).length), twiceByServer: twice.length, sessionsLost: wire.sessions - 1 }) })}`,
      );
      expect({ lost, twice: own, violations: server.violations() }).toEqual({ lost: [], twice: [], violations: [] });
      expect(disorder(arrivals)).toEqual([]);
      if (wire !== undefined)
        expect(disorder(wire.order.map((text) => ({ topic: text.split('.')[0]!, qos: 0, text })))).toEqual([]);
      const verified = await run('tsspool', [spool, 'verify']);
      expect([verified.status, verified.stderr]).toEqual([0, '']);
      expect((await run('tsspool', [spool, 'export'])).stdout.toString()).toBe('');
    },
  );
});
