/** A Node stream as the layers above see it: its bytes, and each way in which it can end. */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '../../src/errors.ts';
import { byteStream } from '../../src/net/byte-stream.ts';
import { settle } from '../support/virtual-clock.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** `written` calls back for the writes in order; they wait until then. */
function rig(courtesy?: number) {
  const log: string[] = [];
  const written: (() => void)[] = [];
  const duplex = new Duplex({
    read: () => {},
    write: (_chunk, _encoding, done) => void written.push(done),
    final: (done) => {
      log.push('end of ours');
      done();
    },
    writableHighWaterMark: 10,
    autoDestroy: true,
  });
  const lowest = { _handle: { bytesWritten: 70, writeQueueSize: 30 } } as unknown as Socket;
  const stream = byteStream(
    duplex,
    lowest,
    {
      data: (bytes) => log.push(`data ${Buffer.from(bytes)}`),
      drain: () => log.push('drain'),
      ended: () => log.push('ended'),
      closed: (failure) => log.push(`closed ${failure?.kind ?? 'in order'}`),
    },
    courtesy,
  );
  const logged = async (): Promise<string[]> => {
    await settle();
    return log.splice(0);
  };
  return { duplex, stream, written, logged };
}

describe('the bytes', () => {
  it('come as they are, unless the reading is paused', async () => {
    const { duplex, stream, logged } = rig();
    duplex.push('one');
    expect(await logged()).toEqual(['data one']);
    stream.pause();
    duplex.push('two');
    expect(await logged()).toEqual([]);
    stream.resume();
    expect(await logged()).toEqual(['data two']);
  });

  it('wait when the socket is full, and are counted', async () => {
    const { stream, written, logged } = rig();
    expect(stream.write(Buffer.alloc(4))).toBe(true);
    expect(stream.write(Buffer.alloc(6))).toBe(false);
    expect([stream.buffered, stream.taken, stream.arrived()]).toEqual([10, 40, 40]);
    for (const done of [...written]) done();
    await settle();
    written.at(-1)!();
    expect(await logged()).toEqual(['drain']);
    expect(stream.buffered).toBe(0);
  });
});

describe('the end', () => {
  it('of the local side is immediate, and is reported when everything is written', async () => {
    const { duplex, stream, written, logged } = rig();
    stream.write(Buffer.from('x'));
    stream.end();
    expect(await logged()).toEqual([]);
    written[0]!();
    expect(await logged()).toEqual(['end of ours', 'ended']);
    duplex.push(null);
    expect(await logged()).toEqual(['closed in order']);
  });

  it('of ours has courtesy where the peer may end first', async () => {
    const { stream, logged } = rig(1000);
    stream.end();
    stream.end();
    await vi.advanceTimersByTimeAsync(999);
    expect(await logged()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await logged()).toEqual(['end of ours', 'ended']);
    expect(vi.getTimerCount()).toBe(0);
    const hasty = rig(1000);
    hasty.stream.end(false);
    expect(await hasty.logged()).toEqual(['end of ours', 'ended']);
  });

  it('of the peer is in order within that time, unless something is still to be written', async () => {
    for (const [unwritten, closed] of [
      [false, 'closed in order'],
      [true, 'closed connection-lost'],
    ] as const) {
      const { duplex, stream, logged } = rig(1000);
      if (unwritten) stream.write(Buffer.from('x'));
      stream.end();
      duplex.push(null);
      expect(await logged()).toEqual([closed]);
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it('by destroy() is a connection that was lost', async () => {
    const { stream, logged } = rig();
    stream.destroy();
    expect(await logged()).toEqual(['closed connection-lost']);
  });

  it('by an error is what went wrong first', async () => {
    const { duplex, logged } = rig();
    duplex.destroy(new Failure('proxy'));
    expect(await logged()).toEqual(['closed proxy']);
    const tls = rig();
    tls.duplex.destroy(Object.assign(new Error('x'), { code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME' }));
    expect(await tls.logged()).toEqual(['closed tls']);
  });

  it('of the local side is not reported as complete when it failed', async () => {
    const { duplex, stream, logged } = rig();
    stream.write(Buffer.from('x'));
    stream.end();
    duplex.destroy(Object.assign(new Error('x'), { code: 'EPIPE' }));
    expect(await logged()).toEqual(['closed connection-lost']);
  });
});
