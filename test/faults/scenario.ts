// What a fault scenario is, and the two that most of them are made of: a publisher, or a subscriber, behind a bad link.
import { setTimeout as sleep } from 'node:timers/promises';
import { NO_PROPERTIES } from '../../src/mqtt/properties.ts';
import type { PublishPacket, QoS } from '../../src/mqtt/types.ts';
import { asLines, numbers } from '../support/lines.ts';
import type { ModelServerOptions } from '../support/model-server.ts';
import { at, run } from '../support/run.ts';
import { type ModelBroker, startModelBroker } from './model-broker.ts';
import { type Link, startFaultProxy } from './proxy.ts';

/** The names of the programs under test. */
export interface Clients {
  readonly pub: string;
  readonly sub: string;
  readonly rr: string;
}

export const OURS: Clients = { pub: 'tspub', sub: 'tssub', rr: 'tsrr' };
export const THEIRS: Clients = { pub: 'mosquitto_pub', sub: 'mosquitto_sub', rr: 'mosquitto_rr' };

export interface Outcome {
  readonly sent: number;
  /** Messages that arrived: taken by the server, or printed. */
  readonly received: number;
  /** Neither arrived nor still with the side that they come from. */
  readonly lost: number;
  readonly duplicated: number;
  /** `hangs`: it had to be killed. */
  readonly status: number | string;
}

export interface Scenario {
  readonly program: keyof Clients;
  readonly title: string;
  readonly qos: QoS;
  /** none: everything arrives and the status is 0. told: an exit status other than 0 reports a loss. */
  readonly loss: 'none' | 'told';
  /** Whether a repetition is allowed: QoS 1, or a session that the server did not keep. */
  readonly repeats?: boolean;
  /** What else our run has to end with. */
  readonly status?: number;
  run(clients: Clients): Promise<Outcome>;
}

/** Longer than any of ours takes, on a busy machine too; whoever is still there then is killed. */
export const LIMIT = 90_000;

/** Runs a program to its end, or to the limit. */
export async function attempt(
  program: string,
  args: readonly string[],
  stdin?: string | Uint8Array | null,
): Promise<{ status: number | string; stdout: Buffer; stderr: string }> {
  try {
    const { status, signal, stdout, stderr } = await run(program, args, {
      ...(stdin === undefined ? {} : { stdin }),
      timeoutMs: LIMIT,
    });
    return { status: status ?? String(signal), stdout, stderr };
  } catch (problem) {
    if (!(problem instanceof Error) || !problem.message.startsWith('still running')) throw problem;
    return { status: 'hangs', stdout: Buffer.alloc(0), stderr: '' };
  }
}

export const numbered = (count: number): string[] => numbers(1, count).map((number) => `message ${number}`);
/** The lines of an output, the last one only when it is whole. */
export const linesOf = (output: Buffer | string): string[] => output.toString('latin1').split('\n').slice(0, -1);

/** `held`: what is neither lost nor arrived. */
export function compare(
  sent: readonly string[],
  received: readonly string[],
  status: number | string,
  held: ReadonlySet<string> = new Set(),
): Outcome {
  const arrived = new Set(received);
  const lost = sent.filter((text) => !arrived.has(text) && !held.has(text)).length;
  return { sent: sent.length, received: arrived.size, lost, duplicated: received.length - arrived.size, status };
}

const VERSION_NAMES = { 3: 'mqttv31', 4: 'mqttv311', 5: 'mqttv5' } as const;

export interface PublishSetup {
  readonly qos: QoS;
  readonly version?: 4 | 5;
  readonly lines?: readonly string[];
  /** What goes into standard input, when it is not the lines. */
  readonly stdin?: string | Uint8Array | null;
  /** After host, port, version, QoS and topic; default: `-l`. */
  readonly args?: readonly string[];
  /** What is wrong with the first connection; the others are good. */
  readonly link?: Link;
  readonly server?: Partial<ModelServerOptions>;
  /** Whether what arrived is what was sent. */
  readonly counts?: (packet: PublishPacket) => boolean;
}

/** A client that waits 5 s for the server to close may leave what a loaded machine still has to pass on. */
async function untilQuiet(count: () => number): Promise<void> {
  for (let before = -1, same = 0; same < 10; ) {
    const now = count();
    same = now === before ? same + 1 : 0;
    before = now;
    await sleep(20);
  }
}

/** A publisher feeds lines to a model server. */
export async function publishing(clients: Clients, setup: PublishSetup): Promise<Outcome & { broker: ModelBroker }> {
  const { qos, version = 4, lines = numbered(100), link = {}, args = ['-l'], counts = () => true } = setup;
  const broker = await startModelBroker({ version, ...setup.server });
  const proxy = await startFaultProxy(broker.port, (connection) => (connection === 0 ? link : {}));
  const argv = [...at(proxy.port), '-V', VERSION_NAMES[version], '-q', `${qos}`, '-t', 'a', ...args];
  const { status } = await attempt(clients.pub, argv, setup.stdin === undefined ? asLines(lines) : setup.stdin);
  await untilQuiet(() => broker.model.accepted.length);
  const received = broker.model.accepted.filter(counts).map(({ payload }) => Buffer.from(payload).toString('latin1'));
  return { ...compare(lines, received, status), broker };
}

export interface SubscribeSetup {
  readonly qos: QoS;
  readonly version?: 4 | 5;
  readonly count?: number;
  readonly args?: readonly string[];
  readonly link?: Link;
  readonly server?: Partial<ModelServerOptions>;
}

/** A subscriber prints what a model server has for it, and leaves after as many messages as there are. */
export async function subscribing(clients: Clients, setup: SubscribeSetup): Promise<Outcome & { broker: ModelBroker }> {
  const { qos, version = 4, count = 60, link = {} } = setup;
  const broker = await startModelBroker({ version, ...setup.server });
  const proxy = await startFaultProxy(broker.port, (connection) => (connection === 0 ? link : {}));
  const texts = numbered(count);
  for (const text of texts)
    broker.model.send('reader', {
      topic: 'a',
      payload: Buffer.from(text),
      qos,
      retain: false,
      properties: NO_PROPERTIES,
    });
  const args = setup.args ?? ['-C', `${count}`];
  const expiry = version === 5 ? ['-x', '3600'] : [];
  const argv = [...at(proxy.port), '-V', VERSION_NAMES[version], '-q', `${qos}`, '-t', 'a', '-i', 'reader', '-c'];
  const { status, stdout } = await attempt(clients.sub, [...argv, ...expiry, ...args]);
  return { ...compare(texts, linesOf(stdout), status, heldBy(broker)), broker };
}

/** What the server still has for the reader, and will send again; what was answered with PUBREC it will not. */
export function heldBy(broker: ModelBroker): Set<string> {
  const session = broker.model.session('reader');
  const unanswered = [...session.outgoing.values()].filter(({ released }) => !released);
  const contents = [...unanswered.map(({ content }) => content), ...session.waiting];
  return new Set(contents.map(({ payload }) => Buffer.from(payload).toString('latin1')));
}
