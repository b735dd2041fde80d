// Invariant: while brokers are killed, links break and readers are slow at random, every numbered message arrives; at QoS 2 once.
// SOAK_SECONDS says for how long, SEED which moments; `npm run soak -- --minutes N`.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { at } from '../e2e/broker.ts';
import { type Broker, describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { type Running, start } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { saveState } from './broker-state.ts';
import { Exchanges } from './exchanges.ts';
import { type FaultProxy, type Link, startFaultProxy } from './proxy.ts';
import { randomFrom, seedOf, Tally } from './unique.ts';

const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 8);
const LONGEST = 50_000_000;
/** Messages between two rests, so that the queue of the broker stays small. */
const BATCH = 500;
/** How long everything may take to arrive once nothing more goes wrong. */
const PATIENCE = 120_000;

interface Flow {
  readonly qos: 1 | 2;
  readonly near: FaultProxy;
  readonly far: FaultProxy;
  readonly exchanges: Exchanges;
  readonly publisher: Running;
  readonly tally: Tally;
  reader: Running;
  offered: number;
  events: Record<string, number>;
}

type Random = () => number;

/** Mostly a good link, sometimes one that breaks after a while or is odd. */
function anyLink(random: Random): Link {
  const way = random() < 0.5 ? 'up' : 'down';
  const choice = random();
  // Behind CONNACK: without one a program ends.
  const bytes = 200 + Math.ceil(random() * 200_000);
  if (choice < 0.3) return { cut: { way, bytes, as: random() < 0.5 ? 'reset' : 'end' } };
  if (choice < 0.4) return { pieces: Math.ceil(random() * 50) };
  if (choice < 0.5) return { coalesce: Math.ceil(random() * 30) };
  if (choice < 0.6) return { delay: random() * 10 };
  return {};
}

function startReader(flow: Pick<Flow, 'qos' | 'far' | 'tally'>): Running {
  const reader = start('tssub', [
    ...at(flow.far.port),
    '-t',
    `q${flow.qos}`,
    '-q',
    `${flow.qos}`,
    '-c',
    '-i',
    `r${flow.qos}`,
    // One that was killed begins again at a moment when the broker may be away.
    '--retry',
    '100',
  ]);
  reader.child.stdout!.on('data', (chunk: Buffer) => flow.tally.take(chunk));
  return reader;
}

/** `link` is what each new connection gets. */
async function startFlow(broker: Broker, qos: 1 | 2, link: () => Link): Promise<Flow> {
  const near = await startFaultProxy(broker.port, link);
  // At QoS 2 a reader cannot print once what the broker sends twice after a kill, so that reader has a good link then.
  const exchanges = new Exchanges();
  const far = await startFaultProxy(broker.port, () => (qos === 1 ? link() : {}), exchanges.see);
  const tally = new Tally(Math.min(LONGEST, 20_000 * (SECONDS + 10)));
  const reader = startReader({ qos, far, tally });
  await broker.waitForLog(new RegExp(`^r${qos} \\d q`, 'm'));
  const args = [...at(near.port), '-t', `q${qos}`, '-q', `${qos}`, '-l', '-c', '-i', `p${qos}`, '-k', '5', '--summary'];
  const publisher = start('tspub', args, { keepStdinOpen: true });
  return { qos, near, far, exchanges, publisher, tally, reader, offered: 0, events: {} };
}

/** One thing goes wrong. */
async function misfortune(flow: Flow, random: Random): Promise<void> {
  const kinds: Record<string, () => Promise<void> | void> = {
    'publisher cut': () => flow.near.cutAll(),
    ...(flow.qos === 1 ? { 'reader cut': () => flow.far.cutAll() } : {}),
    'reader slow': async () => {
      flow.reader.child.stdout!.pause();
      await sleep(random() * 1500);
      flow.reader.child.stdout!.resume();
    },
    ...(flow.qos === 1
      ? {
          'reader killed': async () => {
            await flow.reader.kill('SIGKILL');
            flow.tally.takeWhole(Buffer.alloc(0));
            flow.reader = startReader(flow);
          },
        }
      : {}),
  };
  const names = Object.keys(kinds);
  const name = names[Math.floor(random() * names.length)]!;
  flow.events[name] = (flow.events[name] ?? 0) + 1;
  await kinds[name]!();
}

async function killBroker(broker: Broker, flows: readonly Flow[], store: string): Promise<void> {
  for (const { near } of flows) near.hold();
  // What the broker has sent again after a restart, though it was completed, looks like a new message: it does not
  // write down that a PUBREL is out.
  for (const { qos, exchanges } of flows) if (qos === 2) await exchanges.rest();
  for (const { far } of flows) far.hold();
  await saveState(broker, store);
  await broker.kill('SIGKILL');
  for (const { near, far } of flows) {
    near.cutAll();
    far.cutAll();
  }
  await broker.restart();
}

describeWithMosquitto('soak', () => {
  test(`${SECONDS} s`, { timeout: SECONDS * 1000 + PATIENCE + 60_000 }, async () => {
    const seed = seedOf();
    console.log(`soak: SEED=${seed} SOAK_SECONDS=${SECONDS}`);
    const random = randomFrom(seed);
    const store = tempDir();
    const broker = await startMosquitto({
      persistence: store,
      extra: [
        ...['max_queued_messages 0', 'max_inflight_messages 0', 'autosave_interval 0'],
        ...['log_type none', 'log_type error', 'log_type notice', 'log_type information', 'log_type subscribe'],
      ],
    });
    let kills = 0;
    let going = true;
    const link = (): Link => (going ? anyLink(random) : {});
    const flows = [await startFlow(broker, 1, link), await startFlow(broker, 2, link)];
    const feeding = flows.map(async (flow) => {
      while (going && flow.offered + BATCH < flow.tally.size) {
        const batch = Tally.input(flow.offered + BATCH, flow.offered);
        flow.offered += BATCH;
        await new Promise((resolve) => flow.publisher.child.stdin!.write(batch, resolve));
        await sleep(random() * 100);
      }
    });
    // A first connection that fails ends a program: nothing goes wrong before all have one.
    await Promise.all(flows.map(({ tally }) => tally.reaches(1)));
    for (const until = Date.now() + SECONDS * 1000; Date.now() < until; await sleep(200 + random() * 2000)) {
      if (random() < 0.2) {
        kills++;
        await killBroker(broker, flows, store);
      } else {
        await misfortune(flows[Math.floor(random() * flows.length)]!, random);
      }
    }
    going = false;
    // From now on links are good: a slow one would not be done in time on a slow machine.
    for (const { near } of flows) near.cutAll();
    await Promise.all(feeding);

    const report = await Promise.all(
      flows.map(async ({ qos, publisher, tally, events, ...flow }) => {
        publisher.child.stdin!.end();
        const { status, stderr } = await publisher.exited;
        await Promise.race([tally.reaches(flow.offered), sleep(PATIENCE)]);
        await sleep(500);
        await flow.reader.kill('SIGTERM');
        const missing = flow.offered - tally.distinct;
        const { repeated } = tally.compare();
        return {
          qos,
          status,
          sent: flow.offered,
          missing,
          repeated,
          kills,
          events,
          told: stderr.trimEnd().split('\n').at(-1),
        };
      }),
    );
    for (const row of report) console.log(`soak: ${JSON.stringify(row)}`);
    for (const { qos, status, missing, repeated } of report) {
      expect({ qos, status, missing }).toEqual({ qos, status: 0, missing: 0 });
      if (qos === 2) expect({ repeated }).toEqual({ repeated: 0 });
    }
  });
});
