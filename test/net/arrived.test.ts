/**
 * How far bytes are that were written: in the table of the system, and on a socket whose other side does not read.
 * Covers src/net/tcp-bun.ts.
 */
import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { arrivedFrom, sendQueue, takenBy, unacknowledged } from '../../src/net/arrived.ts';
import { dialer } from '../../src/net/dial.ts';
import { cleanUp } from '../support/cleanup.ts';
import { targetOf } from './rig.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0CEB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 17337 1 0000000000000000
   1: 0100007F:0CEB 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000     0        0 17340 1 0000000000000000
   2: 0100007F:D2F0 0100007F:0CEB 01 0027B4A0:00000005 01:00000014 00000000     0        0 17339 2 0000000000000000
`;

describe('the send queue in /proc/net/tcp', () => {
  it('is that of the connection between these two ports', () => {
    expect(sendQueue(TABLE, 0xd2f0, 0x0ceb)).toBe(0x27b4a0);
    expect(sendQueue(TABLE, 0x0ceb, 0xd2f0)).toBe(0);
  });

  it('is unknown for a connection that is not there', () => {
    expect(sendQueue(TABLE, 0xd2f0, 0x0ceb + 1)).toBeUndefined();
    expect(sendQueue('', 1, 2)).toBeUndefined();
  });

  it.each([
    [{ _handle: { bytesWritten: 70, writeQueueSize: 30 }, bytesWritten: 99 }, 40],
    [{ _handle: { bytesWritten: 70 }, bytesWritten: 99 }, 70],
    [{ _handle: { bytesWritten: 0, writeQueueSize: 0 }, bytesWritten: 99 }, 0],
    [{ _handle: {}, bytesWritten: 99 }, 99],
    [{ _handle: null, bytesWritten: 99 }, 99],
    [{ bytesWritten: 99 }, 99],
  ])('follows what the system has taken: of %j, %i bytes', (socket, taken) => {
    expect(takenBy(socket as unknown as Socket)).toBe(taken);
    expect(arrivedFrom(socket as unknown as Socket)).toBe(taken);
  });

  it('counts nothing for a socket without ports', () => {
    expect(unacknowledged({})).toBe(0);
    expect(takenBy(undefined)).toBe(0);
  });
});

it.runIf(process.platform === 'linux')('bytes count as arrived when the other system has them', async () => {
  const taken: Socket[] = [];
  const server = createServer((socket) => {
    socket.pause().on('error', () => {});
    taken.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  cleanUp(() => {
    for (const socket of taken) socket.destroy();
    server.close();
  });
  const dialing = dialer(targetOf({ port }), { step: () => {}, passphrase: async () => undefined })({
    data: () => {},
    drain: () => {},
    closed: () => {},
  });
  const stream = await dialing.opened;
  cleanUp(() => stream.destroy());
  stream.write(Buffer.alloc(30_000_000));
  // Until the systems on both sides have taken what they take without a reader.
  let before = -1;
  while (before !== stream.arrived() || before === 0) {
    before = stream.arrived();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(stream.taken).toBeGreaterThan(before);
  expect(stream.taken).toBeLessThan(30_000_000);
  expect(stream.buffered).toBe(30_000_000);
  for (const socket of taken) socket.resume();
  while (stream.arrived() < 30_000_000) await new Promise((resolve) => setTimeout(resolve, 20));
  expect([stream.taken, stream.buffered]).toEqual([30_000_000, 0]);
});
