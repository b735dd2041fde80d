/** TCP and unix sockets: the lowest layer of every stack. */
import type { LookupFunction, Socket } from 'node:net';
import { isBun } from '../runtime/features.ts';
import type { Target } from '../runtime/target.ts';
import { reasonOf } from '../util/errno.ts';
import { type StreamHandlers, WRITE_BUFFER_BYTES } from './byte-stream.ts';
import { CONNECTED, type DialContext, type Endpoint, traceConnect } from './dial-trace.ts';
import { connectAdvice, connectFailure, errorCode, familiesDiffer, isLookupCode, lookupAdvice } from './failures.ts';

/** Loaded when it is needed: Bun has sockets of its own (tcp-bun.ts). */
const net = () => process.getBuiltinModule('node:net');

/** The most that is read at once. */
const READ_BUFFER_BYTES = 64 * 1024;

/** Milliseconds that an address of several has to answer before the next one is tried. Node's own 250 ms rule out slow links. */
const ADDRESS_WAIT = 2000;

/**
 * A socket on its way to the proxy or the broker; it is handed over before it is connected, so that it can be destroyed.
 * With `handlers`, what comes goes there and not through the stream: by one buffer that is used again, so nothing is
 * allocated for reading, or straight to where they have space.
 */
export function openSocket(
  endpoint: Endpoint,
  { noDelay }: Target,
  lookup?: LookupFunction | undefined,
  handlers?: StreamHandlers,
): Socket {
  const { host, port, unixPath, localAddress } = endpoint;
  const onread = handlers && {
    buffer: placeToRead(handlers),
    callback: (length: number, buffer: Uint8Array) => {
      handlers.data(buffer.subarray(0, length));
      return true;
    },
  };
  return net().connect({
    ...(unixPath === undefined ? { host, port } : { path: unixPath }),
    // Not in the types of Node for sockets that connect, but used.
    ...{ writableHighWaterMark: WRITE_BUFFER_BYTES },
    autoSelectFamilyAttemptTimeout: ADDRESS_WAIT,
    // An address of one family cannot reach one of the other.
    ...(localAddress !== undefined && { localAddress, family: net().isIP(localAddress) }),
    ...(lookup && { lookup }),
    noDelay,
    ...(onread && { onread }),
  });
}

/** The memory to read to, or what Node asks for it before it begins and again after each read. */
function placeToRead(handlers: StreamHandlers): Uint8Array | (() => Uint8Array) {
  const own = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
  return isBun ? own : () => handlers.space?.() ?? own;
}

/** Resolves when the socket is connected. Rejects with a Failure. Traces each address that is tried. */
export function connected(socket: Socket, endpoint: Endpoint, context: DialContext): Promise<void> {
  const { host, unixPath } = endpoint;
  /** What the name lookup gave and is not traced yet. */
  let addresses: string[] = [];
  /** The address that is being tried. */
  let trying: string | undefined;
  let failures = 0;
  let stands = false;

  const traceLookup = (outcome: string, failed = false): void =>
    context.step({ kind: 'lookup', what: `Look up ${host}`, outcome, failed });
  const lookedUp = (): void => {
    if (addresses.length > 0) traceLookup(addresses.join(', '));
    addresses = [];
  };
  const tried = (address: string | undefined, outcome: string): void => {
    traceConnect(context, { ...endpoint, host: address ?? host }, outcome);
    trying = undefined;
  };
  const failed = (error: unknown): string => reasonOf(errorCode(error) || 'ECONNREFUSED');

  socket.on('lookup', (error, address) => {
    if (!error) addresses.push(address);
  });
  socket.on('connectionAttempt', (address) => {
    lookedUp();
    trying = address;
  });
  socket.on('connectionAttemptFailed', (address, _port, _family, error) => {
    lookedUp();
    if (unixPath !== undefined) return;
    failures++;
    tried(address, failed(error));
  });
  socket.on('connectionAttemptTimeout', (address) => {
    failures++;
    tried(address, reasonOf('ETIMEDOUT'));
  });

  return new Promise((resolve, reject) => {
    // Never taken off: between two layers there may be no other listener, and 'close' says the same.
    socket.on('error', async (said) => {
      if (stands) return;
      const told = isBun ? await (await import('./connect-error-bun.ts')).trueError(said, endpoint) : said;
      // What bind() of the C library says to it, and Node does not.
      const error = errorCode(told) === 'EINVAL' && familiesDiffer(endpoint) ? { code: 'EAFNOSUPPORT' } : told;
      const advice = connectAdvice(error, endpoint);
      if (isLookupCode(errorCode(error))) traceLookup('not found', true);
      else if (trying !== undefined || failures === 0) tried(trying, failed(error));
      reject(connectFailure(error, advice));
    });
    socket.once('connect', () => {
      stands = true;
      lookedUp();
      tried(trying, CONNECTED);
      resolve();
    });
  });
}

/**
 * Our ends that `-A` allows, the first of each family; it takes a name too, which Node wants as an address. Rejects with a
 * Failure.
 */
export async function localAddressesOf(nameOrAddress: string, lookup?: LookupFunction): Promise<string[]> {
  if (net().isIP(nameOrAddress) !== 0) return [nameOrAddress];
  const look = lookup ?? (await import('node:dns')).lookup;
  return new Promise((resolve, reject) => {
    look(nameOrAddress, { all: true }, (error, found) => {
      if (error) return reject(connectFailure(error, lookupAdvice(errorCode(error), nameOrAddress)));
      const all = typeof found === 'string' ? [{ address: found, family: net().isIP(found) }] : found;
      const firsts = all.filter(({ family }, at) => all.findIndex((other) => other.family === family) === at);
      resolve(firsts.map(({ address }) => address));
    });
  });
}

/** Those of our ends from which a host can be reached; a name may have addresses of each family. */
export function endsFor(host: string, ends: readonly string[]): readonly string[] {
  const { isIP } = net();
  const fitting = ends.filter((end) => isIP(end) === isIP(host));
  return isIP(host) === 0 || fitting.length === 0 ? ends : fitting;
}
