// Where a broker is, as the tests of this folder see it, and the programs on the way there.

import { readFileSync } from 'node:fs';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Aedes } from 'aedes';
import { startAedes } from '../support/aedes.ts';
import { certificates } from '../support/certs.ts';
import { cleanUp } from '../support/cleanup.ts';
import { withoutHint } from '../support/hint.ts';
import { type Broker, type BrokerOptions, startMosquitto } from '../support/mosquitto.ts';
import { at, type Running, type RunOptions, type RunResult, run, type StartOptions, start } from '../support/run.ts';

export { at };

export const VERSIONS = ['mqttv31', 'mqttv311', 'mqttv5'] as const;
export type Version = (typeof VERSIONS)[number];

export interface Place {
  /** The options that lead there. */
  readonly args: readonly string[];
  /** Resolves when the broker has granted the subscriptions of this client. */
  subscribed(clientId: string): Promise<unknown>;
}

/** A real broker: over TLS when it has been given certificates and `tls` is wanted. */
export async function mosquittoPlace(
  options: BrokerOptions = {},
  tls = false,
): Promise<Place & { readonly broker: Broker }> {
  const { server, ca } = tls ? certificates() : { server: undefined, ca: '' };
  const broker = await startMosquitto(server ? { ...options, tls: server } : options);
  return {
    broker,
    args: tls ? ['-h', 'localhost', '-p', `${broker.tlsPort}`, '--cafile', ca] : at(broker.port),
    subscribed: (clientId) => broker.waitForLog(`Sending SUBACK to ${clientId}\n`),
  };
}

export async function aedesPlace(tls = false): Promise<Place> {
  const { broker, port } = await startAedes();
  const subscribed = subscribers(broker);
  if (!tls) return { args: at(port), subscribed };
  const { server, ca } = certificates();
  return { args: ['-h', 'localhost', '-p', `${await overTls(broker, server)}`, '--cafile', ca], subscribed };
}

function subscribers(broker: Aedes): Place['subscribed'] {
  const seen = new Set<string>();
  const waiting = new Map<string, () => void>();
  broker.on('subscribe', (_, { id }) => {
    seen.add(id);
    waiting.get(id)?.();
  });
  return async (id) => {
    if (!seen.has(id)) await new Promise<void>((resolve) => waiting.set(id, resolve));
  };
}

function overTls(broker: Aedes, { cert, key }: { cert: string; key: string }): Promise<number> {
  const sockets = new Set<TLSSocket>();
  const server = createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  cleanUp(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

/** Long enough for a busy machine: a test that comes to it has failed, with status 27 and what was printed so far. */
const GIVE_UP = ['-W', '45'];

let clients = 0;

/** Starts a tssub and resolves once it is subscribed. */
export async function listening(place: Place, args: readonly string[], options?: StartOptions): Promise<Running> {
  const given = args.indexOf('-i');
  const id = given < 0 ? `listener-${process.pid}-${++clients}` : args[given + 1]!;
  const known = given < 0 ? ['-i', id] : [];
  const running = start('tssub', [...place.args, ...GIVE_UP, ...known, ...args], options);
  await Promise.race([place.subscribed(id), running.exited]);
  return running;
}

export const publish = (place: Place, args: readonly string[], options?: RunOptions): Promise<RunResult> =>
  run('tspub', [...place.args, ...args], options);

/** Runs a tssub that ends by itself. */
export const subscribe = (place: Place, args: readonly string[], options?: RunOptions): Promise<RunResult> =>
  run('tssub', [...place.args, ...GIVE_UP, ...args], { timeoutMs: 50_000, ...options });

/** A run as text, to compare as a whole but for the line of help behind a failed connection. */
export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

export const outcome = ({ status, stdout, stderr }: RunResult): Outcome => ({
  status,
  stdout: stdout.toString(),
  stderr: withoutHint(stderr, status),
});

export const ended = (status: number, stdout = '', stderr = ''): Outcome => ({ status, stdout, stderr });

/** The first line that is not the one that was sent: a comparison of thousands of lines would print them all. */
export function firstDifference(printed: string, sent: string): string | undefined {
  if (printed === sent) return undefined;
  const expected = sent.split('\n');
  const lines = printed.split('\n');
  const i = lines.findIndex((line, at) => line !== expected[at]);
  return i < 0 ? `ends after ${lines.length - 1} lines` : `line ${i + 1} is ${JSON.stringify(lines[i])}`;
}
