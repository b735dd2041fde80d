// A way to a server on which anything can go wrong, as a script says: one Link for each connection.
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanUp } from '../support/cleanup.ts';

export type Way = 'up' | 'down';

/** The type of a packet: the upper half of its first byte. */
export const PACKET = { PUBLISH: 3, PUBACK: 4, PUBREC: 5, PUBREL: 6, PUBCOMP: 7, SUBACK: 9, PINGRESP: 13 } as const;

/**
 * reset: whoever sends gets a reset, whoever receives an orderly end. end: both get an orderly end. half: only the
 * receiver gets an end, the other direction goes on. stall: nothing more is passed, and neither side is informed.
 */
type Break = 'reset' | 'end' | 'half' | 'stall';

export interface Link {
  /** Milliseconds for each chunk, both ways. */
  readonly delay?: number;
  /** Most bytes of a chunk. */
  readonly pieces?: number;
  /** Milliseconds for which it gathers bytes before it passes them on at once. */
  readonly coalesce?: number;
  /** Where it breaks: after this many bytes in this direction, or at the n-th (from 1) packet of a type. */
  readonly cut?: { readonly way: Way; readonly as?: Break } & (
    | { readonly bytes: number }
    | {
        readonly packet: keyof typeof PACKET;
        readonly nth?: number;
        /** Whether that packet is passed on first. */
        readonly passed: boolean;
      }
  );
}

export interface FaultProxy {
  readonly port: number;
  /** How many connections there have been. */
  readonly connections: number;
  /** Resets every connection, on both sides. */
  cutAll(): void;
  /** Passes nothing more, until the connections are cut. */
  hold(): void;
}

/** `link` says what is wrong with the n-th connection (from 0); `see` is shown each packet that is passed on. */
export async function startFaultProxy(
  target: number,
  link: (connection: number) => Link,
  see?: (way: Way, packet: Buffer) => void,
): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let gate: Gate = {};
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    return socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const client = keep(socket);
    const broker = keep(connect({ port: target, host: '127.0.0.1', allowHalfOpen: true }));
    const plan = link(connections++);
    const dead = { is: false };
    void pump([client, broker], 'up', plan, dead, gate, see);
    void pump([broker, client], 'down', plan, dead, gate, see);
  });
  const cutAll = (): void => {
    gate.open?.();
    gate = {};
    for (const socket of sockets) socket.resetAndDestroy();
  };
  cleanUp(() => {
    cutAll();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    get connections() {
      return connections;
    },
    cutAll,
    hold: () => {
      gate.isOpen ??= new Promise((resolve) => {
        gate.open = resolve;
      });
    },
  };
}

/** Closed while there is a promise. */
interface Gate {
  isOpen?: Promise<void>;
  open?: () => void;
}

async function pump(
  [from, to]: readonly [Socket, Socket],
  way: Way,
  link: Link,
  dead: { is: boolean },
  gate: Gate,
  see?: (way: Way, packet: Buffer) => void,
): Promise<void> {
  const cut = link.cut?.way === way ? link.cut : undefined;
  const find = cut === undefined ? undefined : breakPoint(cut);
  let unseen = Buffer.alloc(0);
  try {
    for await (const chunk of link.coalesce === undefined ? from : gathered(from, link.coalesce)) {
      if (gate.isOpen !== undefined) {
        await gate.isOpen;
        dead.is = true;
      }
      if (dead.is) continue;
      const bytes = chunk as Buffer;
      if (link.delay !== undefined) await sleep(link.delay);
      const end = find?.(bytes);
      await pass(to, end === undefined ? bytes : bytes.subarray(0, end), link.pieces);
      if (see !== undefined) {
        unseen = Buffer.concat([unseen, bytes]);
        for (let stop = packetEnd(unseen, 0); stop !== undefined; stop = packetEnd(unseen, 0)) {
          see(way, unseen.subarray(0, stop));
          unseen = unseen.subarray(stop);
        }
      }
      if (end === undefined || cut === undefined) continue;
      dead.is = cut.as !== 'half';
      breakOff(from, to, cut.as ?? 'reset');
      if (cut.as === 'half') return;
    }
    if (!dead.is) to.end();
  } catch {
    // The other side is informed in the same way.
    if (!dead.is) to.resetAndDestroy();
  }
}

function breakOff(from: Socket, to: Socket, how: Break): void {
  if (how === 'stall') return;
  to.end();
  if (how === 'reset') from.resetAndDestroy();
  else if (how === 'end') from.end();
}

async function pass(to: Socket, bytes: Buffer, pieces = bytes.length): Promise<void> {
  for (let at = 0; at < bytes.length; at += pieces) {
    const piece = bytes.subarray(at, at + pieces);
    if (!to.write(piece)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
    if (pieces < bytes.length) await new Promise((resolve) => setImmediate(resolve));
  }
}

const once = (socket: Socket, event: string): Promise<void> =>
  new Promise((resolve) => void socket.once(event, () => resolve()));

async function* gathered(from: Socket, wait: number): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let over = false;
  from.on('data', (bytes: Buffer) => parts.push(bytes));
  const ended = Promise.race([once(from, 'end'), once(from, 'close')]).then(() => {
    over = true;
  });
  while (!over || parts.length > 0) {
    await Promise.race([sleep(wait), ended]);
    if (parts.length > 0) yield Buffer.concat(parts);
    parts = [];
  }
}

/** Returns, for each chunk, after how many of its bytes the connection is to break. */
function breakPoint(cut: NonNullable<Link['cut']>): (bytes: Buffer) => number | undefined {
  if ('bytes' in cut) {
    let left = cut.bytes;
    return (bytes) => {
      if (bytes.length >= left) return left;
      left -= bytes.length;
      return undefined;
    };
  }
  let seen = 0;
  let before = Buffer.alloc(0);
  return (bytes) => {
    const all = Buffer.concat([before, bytes]);
    let at = 0;
    for (let end = packetEnd(all, at); end !== undefined; end = packetEnd(all, at)) {
      if (all[at]! >> 4 === PACKET[cut.packet] && ++seen === (cut.nth ?? 1))
        return Math.max(0, (cut.passed ? end : at) - before.length);
      at = end;
    }
    before = all.subarray(at);
    return undefined;
  };
}

/** Where the packet that begins at `start` ends, once all of it is there. */
export function packetEnd(bytes: Uint8Array, start: number): number | undefined {
  let length = 0;
  for (let at = start + 1; at < bytes.length && at < start + 5; at++) {
    length += (bytes[at]! & 0x7f) * 128 ** (at - start - 1);
    if (bytes[at]! < 0x80) return bytes.length >= at + 1 + length ? at + 1 + length : undefined;
  }
  return undefined;
}
