/** How TCP and unix sockets are opened: the lowest layer of every connection. */
import type { LookupFunction, Socket } from 'node:net';
import { isBun } from '../runtime/features.ts';
import type { Target } from '../runtime/target.ts';
import { reasonOf } from '../util/errno.ts';
import { type StreamHandlers, WRITE_BUFFER_BYTES } from './byte-stream.ts';
import { CONNECTED, type DialContext, type Endpoint, traceConnect } from './dial-trace.ts';
import { connectAdvice, connectFailure, errorCode, familiesDiffer, isLookupCode, lookupAdvice } from './failures.ts';

/** Loaded when needed: Bun has its own sockets (tcp-bun.ts). */
const net = () => process.getBuiltinModule('node:net');

/** Most bytes of one read. */
const READ_BUFFER_BYTES = 64 * 1024;

/** Milliseconds that one of several addresses may take before the next is tried. Node's default of 250 ms excludes slow links. */
const ADDRESS_WAIT = 2000;

/**
 * A socket that is connecting to the proxy or the broker; the caller gets it before it is connected, and so can destroy
 * it. With `handlers`, received bytes bypass the stream: they are read into one reused buffer, without allocating
 * memory, or directly into the memory that `handlers.space` returns.
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
    // Node uses this option for connecting sockets too, but its types lack it.
    ...{ writableHighWaterMark: WRITE_BUFFER_BYTES },
    autoSelectFamilyAttemptTimeout: ADDRESS_WAIT,
    // A local address can only reach addresses of its family.
    ...(localAddress !== undefined && { localAddress, family: net().isIP(localAddress) }),
    ...(lookup && { lookup }),
    noDelay,
    ...(onread && { onread }),
  });
}

/** The memory to read into, or the function that Node calls for it at the start and after each read. */
function placeToRead(handlers: StreamHandlers): Uint8Array | (() => Uint8Array) {
  const own = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
  return isBun ? own : () => handlers.space?.() ?? own;
}

/** Resolves when the socket is connected. Rejects with a Failure. Traces each address that is tried. */
export function connected(socket: Socket, endpoint: Endpoint, context: DialContext): Promise<void> {
  const { host, unixPath } = endpoint;
  /** Addresses from the lookup that were not traced yet. */
  let addresses: string[] = [];
  /** The address that is being tried. */
  let trying: string | undefined;
  let failures = 0;
  let isConnected = false;

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
    // Stays attached: between two layers there may be no other listener, and 'close' reports the same.
    socket.on('error', async (said) => {
      if (isConnected) return;
      const actual = isBun ? await (await import('./connect-error-bun.ts')).trueError(said, endpoint) : said;
      // bind() of the C library would report this code; Node reports EINVAL.
      const error = errorCode(actual) === 'EINVAL' && familiesDiffer(endpoint) ? { code: 'EAFNOSUPPORT' } : actual;
      const advice = connectAdvice(error, endpoint);
      if (isLookupCode(errorCode(error))) traceLookup('not found', true);
      else if (trying !== undefined || failures === 0) tried(trying, failed(error));
      reject(connectFailure(error, advice));
    });
    socket.once('connect', () => {
      isConnected = true;
      lookedUp();
      tried(trying, CONNECTED);
      resolve();
    });
  });
}

/**
 * The local addresses that `-A` allows, the first of each family; `-A` also accepts a name, which Node does not.
 * Rejects with a Failure.
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

/** The local addresses from which a host can be reached; a name may have addresses of each family. */
export function endsFor(host: string, ends: readonly string[]): readonly string[] {
  const { isIP } = net();
  const fitting = ends.filter((end) => isIP(end) === isIP(host));
  return isIP(host) === 0 || fitting.length === 0 ? ends : fitting;
}
