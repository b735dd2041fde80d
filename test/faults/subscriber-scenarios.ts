// What can go wrong between the server and tssub, and behind it.
import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { NO_PROPERTIES } from '../../src/mqtt/properties.ts';
import type { QoS } from '../../src/mqtt/types.ts';
import { makeFifo, startInShell } from '../e2e/fifo.ts';
import { fakeServer } from '../support/fake-server.ts';
import { idle } from '../support/idle.ts';
import { at, commandLine } from '../support/run.ts';
import { type ModelBroker, startModelBroker } from './model-broker.ts';
import type { PACKET } from './proxy.ts';
import {
  attempt,
  type Clients,
  compare,
  heldBy,
  LIMIT,
  linesOf,
  numbered,
  type Outcome,
  type Scenario,
  type SubscribeSetup,
  subscribing,
} from './scenario.ts';

type More = Partial<Pick<Scenario, 'loss' | 'repeats' | 'status'>>;

function scenario(title: string, qos: QoS, run: Scenario['run'], more: More = {}): Scenario {
  const { loss = 'none', repeats = qos === 1, ...rest } = more;
  return { program: 'sub', title, qos, loss, repeats, ...rest, run };
}

const row = (title: string, setup: SubscribeSetup, more: More = {}): Scenario =>
  scenario(title, setup.qos, (clients) => subscribing(clients, setup), more);

function boundaries(qos: QoS, packets: readonly (readonly [keyof typeof PACKET, 'up' | 'down'])[]): Scenario[] {
  return packets.flatMap(([packet, way]) =>
    [false, true].map((passed) =>
      row(`connection lost ${passed ? 'after' : 'before'} ${packet}`, {
        qos,
        // With its receive maximum of 20 the messages come a few at a time.
        version: 5,
        link: { cut: { way, packet, nth: 10, passed } },
      }),
    ),
  );
}

/** `LIMITED` in a script: the program, ended by SIGALRM if it does not end, with all processes that wait for its output. */
const LIMITED = `perl -e 'alarm ${LIMIT / 1000 - 2}; exec @ARGV' "$@"`;
const ALARMED = 128 + 14;
const inShell = async (clients: Clients, script: string, args: readonly string[]): ReturnType<typeof attempt> => {
  const argv = ['-c', script.replace('LIMITED', LIMITED), 'sh', ...commandLine(clients.sub, args)];
  const result = await attempt('/bin/bash', argv);
  return result.status === ALARMED ? { ...result, status: 'hangs' } : result;
};

const READER = ['-t', 'a', '-c', '-i', 'reader', '-V', 'mqttv311'];

/** A server with messages for the reader, a program started through the shell, and what came of it. */
async function behind(clients: Clients, qos: QoS, script: string, payload: (text: string) => string): Promise<Outcome> {
  const broker = await startModelBroker({ version: 4 });
  const texts = numbered(60).map(payload);
  for (const text of texts)
    broker.model.send('reader', {
      topic: 'a',
      payload: Buffer.from(text),
      qos,
      retain: false,
      properties: NO_PROPERTIES,
    });
  const argv = [...at(broker.port), '-q', `${qos}`, ...READER];
  const { status, stdout } = await inShell(clients, script, argv);
  return compare(texts, linesOf(stdout), status, heldBy(broker));
}

/** A reader that takes nothing for longer than one and a half times the keepalive. */
async function blocked(clients: Clients): Promise<Outcome> {
  const broker = await startModelBroker({ version: 4 }, 7_500);
  const texts = numbered(60).map((text) => `${text} ${'x'.repeat(5000)}`);
  for (const text of texts)
    broker.model.send('reader', {
      topic: 'a',
      payload: Buffer.from(text),
      qos: 2,
      retain: false,
      properties: NO_PROPERTIES,
    });
  const script = 'LIMITED | (sleep 10; cat); exit $PIPESTATUS';
  const args = [...at(broker.port), '-q', '2', ...READER, '-k', '5', '-C', '60'];
  const { status, stdout } = await inShell(clients, script, args);
  const outcome = compare(texts, linesOf(stdout), status, heldBy(broker));
  // A connection that was given up is a fault, too.
  return broker.model.connections === 1
    ? outcome
    : { ...outcome, status: `${status}, after ${broker.model.connections} connections` };
}

/** The reader has taken in some messages, and takes no more: what it printed and did not answer yet would come again. */
async function untilStuck(broker: ModelBroker, pid: number | undefined): Promise<void> {
  const all = heldBy(broker).size;
  let held = all;
  do {
    await sleep(100);
    held = heldBy(broker).size;
    // Neither side has anything to do: what it has answered has been read here meanwhile.
    await idle(pid);
  } while (held === all || held !== heldBy(broker).size);
}

/** Killed while its output has no reader; then the next one prints what is left. */
async function killed(clients: Clients, qos: QoS): Promise<Outcome> {
  const broker = await startModelBroker({ version: 4 });
  const texts = numbered(60).map((text) => `${text} ${'x'.repeat(5000)}`);
  for (const text of texts)
    broker.model.send('reader', {
      topic: 'a',
      payload: Buffer.from(text),
      qos,
      retain: false,
      properties: NO_PROPERTIES,
    });
  const args = [...at(broker.port), '-q', `${qos}`, ...READER];
  const fifo = makeFifo();
  const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  const running = startInShell(`exec "$@" > ${fifo}`, clients.sub, args);
  await untilStuck(broker, running.child.pid);
  await running.kill('SIGKILL');
  const chunks: Buffer[] = [];
  for await (const chunk of new Socket({ fd: reader, readable: true })) chunks.push(chunk as Buffer);
  const printed = linesOf(Buffer.concat(chunks));
  const left = texts.filter((text) => !printed.includes(text)).length;
  const rest = left === 0 ? [] : linesOf((await attempt(clients.sub, [...args, '-C', `${left}`, '-W', '20'])).stdout);
  return compare(texts, [...printed, ...rest], 'killed', heldBy(broker));
}

/** What a server says that is out of order, byte by byte. */
async function told(
  clients: Clients,
  args: readonly string[],
  packets: string,
  expected: readonly string[],
): Promise<Outcome> {
  const server = await fakeServer(async (connection) => {
    const { body } = await connection.readPacket();
    const isV5 = body[6] === 5;
    await connection.send(isV5 ? '20 03 00 00 00' : '20 02 00 00');
    const id = (await connection.readPacket()).body.subarray(0, 2);
    await connection.send(Buffer.from(isV5 ? [0x90, 4, ...id, 0, 2] : [0x90, 3, ...id, 2]));
    await connection.send(packets);
    await connection.readPacket();
  });
  const { status, stdout } = await attempt(clients.sub, [...at(server.port), '-t', 'a', ...args]);
  return compare(expected, linesOf(stdout), status);
}

export const SUBSCRIBER: readonly Scenario[] = [
  ...boundaries(1, [
    ['PUBLISH', 'down'],
    ['PUBACK', 'up'],
  ]),
  ...boundaries(2, [
    ['PUBLISH', 'down'],
    ['PUBREC', 'up'],
    ['PUBREL', 'down'],
    ['PUBCOMP', 'up'],
  ]),
  row('connection lost in the middle of a packet', { qos: 1, link: { cut: { way: 'down', bytes: 777 } } }),
  row('connection lost in the middle of a packet', { qos: 2, link: { cut: { way: 'down', bytes: 777 } } }),
  row('connection closed cleanly by the broker', { qos: 2, link: { cut: { way: 'down', bytes: 777, as: 'end' } } }),
  row('connection stalls and is never closed (-k 5)', {
    qos: 1,
    args: ['-k', '5', '-C', '60'],
    link: { cut: { way: 'down', bytes: 777, as: 'stall' } },
  }),
  row('packets arrive one byte at a time', { qos: 2, link: { pieces: 1 } }),
  row('several packets arrive at once', { qos: 2, link: { coalesce: 20 } }),
  row('30 ms of delay each way', { qos: 2, link: { delay: 30 } }),
  row('-C 10 of 60 messages: the broker keeps the others', { qos: 2, args: ['-C', '10'] }),
  row('-C 10 of 60 messages: the broker keeps the others', { qos: 1, args: ['-C', '10'] }),
  scenario(
    'standard output is on a full disk',
    1,
    (clients) => behind(clients, 1, 'LIMITED > /dev/full', (text) => text),
    {
      loss: 'told',
      status: 1,
    },
  ),
  scenario(
    'reader of standard output exits (head -1)',
    1,
    (clients) => behind(clients, 1, 'LIMITED | head -1; exit $PIPESTATUS', (text) => `${text} ${'x'.repeat(5000)}`),
    { loss: 'told', status: 141 },
  ),
  scenario('reader of standard output stops reading for 10 s (-k 5)', 2, blocked),
  scenario('kill -9 while the reader of standard output does not read', 1, (clients) => killed(clients, 1)),
  scenario('kill -9 while the reader of standard output does not read', 2, (clients) => killed(clients, 2)),
  scenario('broker sends PUBLISH again with the DUP flag', 2, (clients) =>
    told(
      clients,
      ['-q', '2', '-C', '2'],
      '34 06 0001 61 0001 78  3c 06 0001 61 0001 78  62 02 0001  34 06 0001 61 0002 79 62 02 0002',
      ['x', 'y'],
    ),
  ),
  scenario('broker uses a topic alias', 0, (clients) =>
    told(
      clients,
      ['-V', '5', '-D', 'connect', 'topic-alias-maximum', '5', '-C', '2'],
      '30 08 0001 61 03 23 0001 78  30 07 0000 03 23 0001 79',
      ['x', 'y'],
    ),
  ),
  scenario(
    'session taken over by another client',
    1,
    (clients) => told(clients, ['-V', '5', '-q', '1'], 'e0 01 8e', ['x']),
    {
      loss: 'told',
      status: 4,
    },
  ),
  scenario('malformed packet', 1, (clients) => told(clients, ['-q', '1'], '36 06 0001 61 0001 78', ['x']), {
    loss: 'told',
    status: 21,
  }),
  scenario(
    'malformed packet: its topic contains a wildcard',
    0,
    (clients) => told(clients, [], '30 04 0001 23 78', ['x']),
    {
      loss: 'told',
      status: 2,
    },
  ),
  scenario(
    'broker rejects every subscription',
    1,
    async (clients) => {
      const server = await fakeServer(async (connection) => {
        await connection.readPacket();
        await connection.send('20 02 00 00');
        const id = (await connection.readPacket()).body.subarray(0, 2);
        await connection.send(Buffer.from([0x90, 3, ...id, 128]));
        await connection.readPacket();
      });
      const { status, stdout } = await attempt(clients.sub, [...at(server.port), ...READER, '-q', '1']);
      return compare(['x'], linesOf(stdout), status);
    },
    { loss: 'told', status: 128 },
  ),
  scenario('broker does not close the connection after DISCONNECT', 0, async (clients) => {
    const server = await fakeServer(
      async (connection) => {
        await connection.readPacket();
        await connection.send('20 02 00 00');
        const id = (await connection.readPacket()).body.subarray(0, 2);
        await connection.send(Buffer.from([0x90, 3, ...id, 0, 0x30, 4, 0, 1, 0x61, 0x78]));
      },
      { staysOpen: true },
    );
    const { status, stdout } = await attempt(clients.sub, [...at(server.port), '-t', 'a', '-C', '1', '-V', 'mqttv311']);
    return compare(['x'], linesOf(stdout), status);
  }),
];
