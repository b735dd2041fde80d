// Connects with dialer() as the programs do, and servers that do one thing each.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { describe } from 'vitest';
import { Failure } from '../../src/errors.ts';
import type { ByteStream } from '../../src/net/byte-stream.ts';
import { dialer } from '../../src/net/dial.ts';
import type { DialContext, Step } from '../../src/net/steps.ts';
import type { Target, TlsTarget } from '../../src/runtime/target.ts';
import type { Identity } from '../support/certs.ts';
import { cleanUp } from '../support/cleanup.ts';
import { describeWithMosquitto, findProgram } from '../support/mosquitto.ts';
import { freePort } from '../support/tmp.ts';

/** describe() for tests with certificates, and with the broker too: they say why they are skipped. */
export const describeWithOpenssl = withOpenssl(describe);
export const describeTls = withOpenssl(describeWithMosquitto);

function withOpenssl(inner: (name: string, body: () => void) => void): (name: string, body: () => void) => void {
  return (name, body) => {
    if (findProgram('openssl') !== undefined || process.env['CI'] === 'true') return inner(name, body);
    console.warn(`SKIPPED: ${name}: openssl was not found`);
    describe.skip(`${name} [skipped: no openssl]`, body);
  };
}

export function target(port: number, tls: Partial<TlsTarget>, more: Partial<Target> = {}): Target {
  return {
    host: 'localhost',
    port,
    srv: false,
    noDelay: false,
    tls: { systemCa: false, keyInEngine: false, checkHost: true, ...tls },
    ...more,
  };
}

export interface Attempt {
  /** The stream, if there is one. */
  stream?: ByteStream;
  /** The line that a program would print, and what it would return. */
  line?: string;
  status?: number;
  advice?: string | undefined;
  steps: Step[];
  /** Everything that came, and how it ended. */
  received: () => string;
  closed: Promise<Failure | undefined>;
}

export const nobody: DialContext['passphrase'] = async () => undefined;

/** One attempt to connect; whatever comes of it. */
export async function attempt(to: Target, passphrase = nobody): Promise<Attempt> {
  const steps: Step[] = [];
  const received: Buffer[] = [];
  let close: (failure: Failure | undefined) => void = () => {};
  const closed = new Promise<Failure | undefined>((resolve) => {
    close = resolve;
  });
  const dial = dialer(to, { step: (step) => steps.push(step), passphrase });
  const handlers = { data: (bytes: Uint8Array) => received.push(Buffer.from(bytes)), drain: () => {}, closed: close };
  const rest = { steps, closed, received: () => Buffer.concat(received).toString('latin1') };
  try {
    const stream = await dial({ ...handlers, data: (bytes) => void handlers.data(bytes) }).opened;
    cleanUp(() => stream.destroy());
    return { stream, ...rest };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { line: `Error: ${error.message}`, status: error.status, advice: error.advice, ...rest };
  }
}

/** The step of TLS, of an attempt that came as far as that. */
export const tlsStep = ({ steps }: Attempt): Step | undefined => steps.find(({ kind }) => kind === 'tls');

export interface Recording {
  port: number;
  /** Application data, deciphered. */
  received(): string;
  /** Bytes on the wire that came from the client. */
  wire(): Buffer;
  /** Handshakes that the server takes for finished. */
  secured: TLSSocket[];
}

/** A TLS server that keeps what comes, and answers nothing. */
export async function recordingServer(
  { cert, key }: Identity,
  options: TlsOptions = {},
  onSecure: (socket: TLSSocket) => void = () => {},
): Promise<Recording> {
  const data: Buffer[] = [];
  const secured: TLSSocket[] = [];
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key), ...options }, (socket) => {
    secured.push(socket);
    socket.on('data', (bytes: Buffer) => data.push(bytes));
    socket.on('error', () => {});
    onSecure(socket);
  });
  const inner = await listen(server);
  const { port, wire } = await wireTap(inner);
  return { port, wire, secured, received: () => Buffer.concat(data).toString('latin1') };
}

/** A relay that keeps what the client sent. */
export async function wireTap(to: number): Promise<{ port: number; wire(): Buffer; cut(): void }> {
  const sent: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((client) => {
    const upstream = connect(to, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.on('data', (bytes) => sent.push(bytes));
    client.pipe(upstream).pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  cleanUp(cut);
  return { port: await listen(server), wire: () => Buffer.concat(sent), cut };
}

/** A TCP server that does with a connection what it is told. */
export function tcpServer(onConnection: (socket: Socket) => void): Promise<number> {
  return listen(
    createTcpServer((socket) => {
      socket.on('error', () => {});
      onConnection(socket);
    }),
  );
}

/** The server of the openssl program, for what the one of Node does not do. */
export async function opensslServer({ cert, key }: Identity, args: readonly string[]): Promise<number> {
  const port = await freePort();
  const common = ['s_server', '-accept', `127.0.0.1:${port}`, '-cert', cert, '-key', key];
  const child = spawn('openssl', [...common, ...args], { stdio: ['pipe', 'pipe', 'ignore'] });
  cleanUp(() => child.kill('SIGKILL'));
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('openssl s_server has ended')));
    child.stdout.on('data', (text: Buffer) => text.includes('ACCEPT') && resolve());
  });
  return port;
}

function listen(server: ReturnType<typeof createTcpServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  cleanUp(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
