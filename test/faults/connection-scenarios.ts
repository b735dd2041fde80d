// What the server does with the connection itself: ends it without a word, sets the keepalive, stops reading, breaks TLS off.
import { readFileSync } from 'node:fs';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import { accept, grant, packetIdOf, publishPacket } from '../e2e/scripted-server.ts';
import { certificates } from '../support/certs.ts';
import { cleanUp } from '../support/cleanup.ts';
import { type FakeConnection, fakeServer } from '../support/fake-server.ts';
import { at, commandLine } from '../support/run.ts';
import { attempt, type Clients, compare, linesOf, type Outcome, type Scenario } from './scenario.ts';

const READER = ['-t', 'a', '-i', 'reader', '-V', 'mqttv311'];
/** Anything from here on was not necessary, with a server that takes nothing. */
const MEMORY_MB = 130;
/** A client that keeps the server's keepalive is heard within that; the server waits half as long again [MQTT-3.1.2-24]. */
const KEEPALIVE_S = 5;

async function takeIn(connection: FakeConnection): Promise<void> {
  await grant(connection, await accept(connection));
}

/** Each connection is ended soon, as by a server on which two clients have one identifier. */
async function endedEachTime(clients: Clients): Promise<Outcome> {
  const server = await fakeServer(async (connection) => {
    await takeIn(connection);
    await connection.close();
  });
  const { status, stdout } = await attempt(clients.sub, [...at(server.port), ...READER]);
  return compare(['x'], linesOf(stdout), status);
}

/** The server says in CONNACK how often it wants to hear from the client, whose input has nothing for a while. */
async function serverKeepalive(clients: Clients): Promise<Outcome> {
  const arrived: string[] = [];
  const server = await fakeServer(async (connection) => {
    await connection.readPacket();
    await connection.send(`20 06 00 00 03 13 00 0${KEEPALIVE_S}`);
    for (;;) {
      let isLate = true;
      // When it is we who were kept waiting, what came meanwhile is read before it is late.
      const cut = (): void => void setTimeout(() => isLate && connection.socket.destroy(), 100);
      const tooLate = setTimeout(cut, KEEPALIVE_S * 1500);
      const packet = await connection.readPacket();
      isLate = false;
      clearTimeout(tooLate);
      if (packet.header === 0xc0) await connection.send('d0 00');
      if (packet.header >> 4 !== 3) continue;
      arrived.push(packet.body.subarray(-1).toString());
      await connection.send(Buffer.from([0x40, 2, ...packetIdOf(packet)]));
    }
  });
  const line = commandLine(clients.pub, [...at(server.port), '-V', 'mqttv5', '-k', '60', '-t', 'a', '-q', '1', '-l']);
  const { status } = await attempt('/bin/bash', ['-c', '(sleep 12; echo x) | "$@"', 'sh', ...line]);
  const { length } = server.connections;
  return compare(['x'], arrived, length === 1 ? status : `${status}, after ${length} connections`);
}

/** What a program has taken into memory of 300 MB after some seconds, while the server takes nothing. */
async function notRead(clients: Clients): Promise<Outcome> {
  const server = await fakeServer(async (connection) => {
    await accept(connection);
    connection.socket.pause();
  });
  const script = `yes ${'x'.repeat(999)} | head -c 300000000 | "$@" &
    sleep 5; grep VmHWM "/proc/$!/status"; kill -9 $!`;
  const line = commandLine(clients.pub, [...at(server.port), '-V', 'mqttv311', '-t', 'a', '-q', '1', '-l']);
  const { stdout } = await attempt('/bin/bash', ['-c', script, 'sh', ...line]);
  const megabytes = Math.round(Number(/(\d+) kB/.exec(stdout.toString())?.[1]) / 1024);
  return { ...compare([], [], megabytes < MEMORY_MB ? 0 : `${megabytes} MB of memory`) };
}

/** The first connection is lost as TLS does not want it: without close_notify. */
async function tlsBrokenOff(clients: Clients): Promise<Outcome> {
  const { ca, server: identity } = certificates();
  let connections = 0;
  const inner = await fakeServer(async (connection) => {
    await takeIn(connection);
    if (++connections === 1) return;
    await connection.send(publishPacket('a', 'x'));
    await connection.readPacket();
  });
  const below: Socket[] = [];
  const outer = createTcpServer((socket) => {
    socket.on('error', () => {});
    below.push(socket);
    secure.emit('connection', socket);
  });
  const secure = createServer({ cert: readFileSync(identity.cert), key: readFileSync(identity.key) }, (socket) => {
    const plain = connect(inner.port, '127.0.0.1');
    for (const end of [socket, plain]) end.on('error', () => {});
    socket.pipe(plain);
    plain.on('data', (bytes) => {
      // Behind SUBACK, so after the handshake and the subscription.
      const isEnd = below.length === 1 && bytes[0] === 0x90;
      socket.write(bytes, () => isEnd && below[0]!.end());
    });
  });
  cleanUp(() => outer.close());
  const port = await new Promise<number>((resolve) => {
    outer.listen(0, '127.0.0.1', () => resolve((outer.address() as { port: number }).port));
  });
  const args = ['-h', 'localhost', '-p', `${port}`, '--cafile', ca, ...READER, '-C', '1', '-W', '60'];
  const { status, stdout } = await attempt(clients.sub, args);
  return compare(['x'], linesOf(stdout), status);
}

type Row = readonly [
  program: Scenario['program'],
  qos: Scenario['qos'],
  title: string,
  run: Scenario['run'],
  told?: number,
];

const ROWS: readonly Row[] = [
  ['sub', 0, 'broker closes each connection, as in a session takeover before MQTT 5', endedEachTime, 4],
  ['sub', 0, 'TLS connection lost without close_notify', tlsBrokenOff],
  ['pub', 1, `broker sets a keepalive of ${KEEPALIVE_S} s, and the client is idle for 12 s (-k 60)`, serverKeepalive],
  ['pub', 1, '300 MB of lines, and the broker stops reading', notRead],
];

export const CONNECTION: readonly Scenario[] = ROWS.map(([program, qos, title, run, told]) => ({
  program,
  qos,
  title,
  run,
  ...(told === undefined ? { loss: 'none' } : { loss: 'told', status: told }),
}));
