// Two servers for jobs that are killed: mosquitto, and one that never forgets what it has answered.
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProtocolVersion } from '../../src/mqtt/types.ts';
import { cleanUp } from '../support/cleanup.ts';
import { ModelServer } from '../support/model-server.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { freePort, tempDir } from '../support/tmp.ts';
import { packetEnd, startFaultProxy } from './proxy.ts';
import { WireLog } from './wire-log.ts';
import { type Arrival, Witness } from './witness.ts';

export interface CronServer {
  /** Where the jobs find it. */
  readonly port: number;
  /** What it has passed on, in order. */
  arrivals(): readonly Arrival[];
  /** Where in `arrivals` a session of the spool was lost. */
  readonly losses: readonly number[];
  /** What went over the wire, where the server's own word is not enough. */
  readonly wire?: WireLog;
  /** Rules of the protocol that the spool broke. */
  violations(): readonly string[];
  stop(): Promise<void>;
  /** At any moment; with kill -9 where it is a process. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

type Random = () => number;

/**
 * The real one, which saves after every change and yet answers before it has: what was answered in the last moment
 * before a kill it has forgotten. A witness without limits gets each message before the publisher gets its answer. (With
 * its usual limit, 20, mosquitto 2.0.11 sometimes lets a new message overtake those that it has queued, of the same QoS.)
 */
export async function cronMosquitto(version: ProtocolVersion): Promise<CronServer> {
  const store = tempDir();
  const broker = await startMosquitto({
    persistence: store,
    extra: [
      ...['max_queued_messages 0', 'max_inflight_messages 0', 'autosave_on_changes true', 'autosave_interval 1'],
      ...['log_type none', 'log_type error', 'log_type information'],
    ],
  });
  const witness = new Witness(broker.port);
  await witness.connect();
  while (namesOfWitness(store) < 2) await sleep(10);
  const wire = new WireLog(version);
  const { port } = await startFaultProxy(broker.port, () => ({}), wire.see);
  return {
    port,
    arrivals: () => witness.arrivals,
    losses: [],
    wire,
    violations: () => wire.violations,
    stop: () => broker.stop(),
    kill: () => broker.kill('SIGKILL'),
    start: async () => {
      await broker.restart();
      await witness.connect();
    },
  };
}

/** In what the broker has saved: one as a client, one as a subscriber. */
function namesOfWitness(store: string): number {
  const file = join(store, 'mosquitto.db');
  return existsSync(file) ? readFileSync(file, 'latin1').split('witness').length - 1 : 0;
}

/** Loses a session now and then when it is killed, and nothing otherwise: what it has answered it knows. */
export async function cronModel(version: ProtocolVersion, random: Random): Promise<CronServer> {
  const port = await freePort();
  const sockets = new Map<Socket, () => string>();
  const losses: number[] = [];
  /** Packets until it dies, and whether it still says what came of the last one. */
  let life = Number.POSITIVE_INFINITY;
  let lastWord = false;
  const model: ModelServer = new ModelServer({ version, intercept: () => life < 0 });
  let server: Server | undefined;

  const die = (): void => {
    life = Number.NEGATIVE_INFINITY;
    server?.close();
    server = undefined;
    for (const socket of sockets.keys()) socket.resetAndDestroy();
  };

  const serve = (socket: Socket): void => {
    const connection = model.connect();
    sockets.set(socket.setNoDelay(true), () => connection.clientId);
    socket.on('error', () => {});
    socket.once('close', () => void sockets.delete(socket));
    socket.on('data', (bytes) => {
      if (life < 0) return;
      const known = connection.clientId;
      // Packet by packet, so that it can die between any two.
      for (const packet of packetsOf(socket, bytes)) {
        connection.receive(packet);
        if (--life < 0 && !lastWord) return die();
        for (let output = connection.takeOutput(); output !== undefined; output = connection.takeOutput())
          socket.write(Uint8Array.from(output));
        if (life < 0) return die();
      }
      if (known === '' && connection.clientId !== '') takeOver(socket, connection.clientId);
      if (connection.closing) socket.end();
    });
  };

  /** Whoever else has this client identifier is cut off [MQTT-3.1.4-3]. */
  const takeOver = (socket: Socket, clientId: string): void => {
    for (const [other, idOf] of sockets) if (other !== socket && idOf() === clientId) other.resetAndDestroy();
  };

  const start = async (): Promise<void> => {
    life = Number.POSITIVE_INFINITY;
    const listening = createServer(serve);
    server = listening;
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject);
      listening.listen(port, '127.0.0.1', resolve);
    });
  };

  await start();
  cleanUp(die);
  return {
    port,
    arrivals: () =>
      model.accepted.map(({ topic, qos, payload }) => ({ topic, qos, text: Buffer.from(payload).toString() })),
    losses,
    violations: () => model.violations,
    stop: async () => die(),
    kill: async () => {
      lastWord = random() < 0.5;
      life = Math.floor(random() * 12);
      for (let i = 0; i < 50 && life >= 0; i++) await sleep(10);
      die();
      if (random() >= 0.2) return;
      model.loseSessions();
      losses.push(model.accepted.length);
    },
    start,
  };
}

const rests = new WeakMap<Socket, Buffer>();

function* packetsOf(socket: Socket, bytes: Buffer): Generator<Buffer> {
  let rest = Buffer.concat([rests.get(socket) ?? Buffer.alloc(0), bytes]);
  for (let end = packetEnd(rest, 0); end !== undefined; end = packetEnd(rest, 0)) {
    const packet = rest.subarray(0, end);
    rest = rest.subarray(end);
    rests.set(socket, rest);
    yield packet;
  }
  rests.set(socket, rest);
}
