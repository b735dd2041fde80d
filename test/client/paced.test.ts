/** How fast a connection is read: no faster than the server reads our answers, and a long piece in parts. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../mqtt/notation.ts';
import type { FakeStream } from '../support/pair.ts';
import { settle } from '../support/virtual-clock.ts';
import { Rig } from './rig.ts';

/** As many packets of one kind as come in one read. */
const packets = (notation: string, count: number): Buffer => Buffer.concat(Array(count).fill(bytes(notation)));

const PUBREL = '62 {0001}';
const PUBREC = '50 {0001}';
const PUBLISH = '32 {"t" 0001 {} \'\'}';
const READ = 16_000;

/** The system takes nothing more of what is written. */
function fill(stream: FakeStream): void {
  stream.takes = false;
  stream.buffered = 1;
}

/** Feeds reads until the client stops reading, and returns how many packets that took. */
function flood(stream: FakeStream, notation: string, most: number): number {
  const read = packets(notation, READ);
  for (let count = 0; count < most; count += READ) {
    if (stream.paused) return count;
    stream.feed(read);
  }
  return most;
}

const acknowledging = (): Rig =>
  new Rig({
    event: (event, { client }) => {
      if (event.type === 'message') client.acknowledge(event.delivery);
    },
  });

describe('a server that sends and does not read', () => {
  test.each([
    ['PUBREL', PUBREL],
    ['PUBREC', PUBREC],
    ['PUBLISH', PUBLISH],
  ])('is not read any more when enough answers wait in a full socket: %s', async (_, notation) => {
    const rig = acknowledging();
    const stream = await rig.connect();
    fill(stream);
    expect(flood(stream, notation, 100 * READ)).toBeLessThanOrEqual(3 * READ);
    expect(stream.take().length).toBeLessThanOrEqual(3 * READ * 5);
  });

  test('is read again as soon as it has read, and what it sent meanwhile is answered', async () => {
    const rig = acknowledging();
    const stream = await rig.connect();
    fill(stream);
    const before = flood(stream, PUBREL, 100 * READ);
    stream.take();
    stream.feed(packets(PUBREL, 10));
    expect(stream.take()).toHaveLength(0);
    stream.takes = true;
    stream.buffered = 0;
    stream.handlers.drain();
    expect(before).toBeGreaterThan(0);
    expect(stream.paused).toBe(false);
    expect(stream.take().length).toBe(10 * 5);
    // It is not full any more: as many answers at once as before are no reason to stop.
    stream.feed(packets(PUBREL, READ));
    expect(stream.paused).toBe(false);
    await settle();
    expect(stream.take()).toHaveLength(READ * 5);
  });

  test('does not end the pause that the owner asked for', async () => {
    const rig = acknowledging();
    const stream = await rig.connect();
    fill(stream);
    flood(stream, PUBREL, 100 * READ);
    rig.client.setReading(false);
    stream.handlers.drain();
    expect(stream.paused).toBe(true);
    rig.client.setReading(true);
    expect(stream.paused).toBe(false);
  });

  test('is given up when it reads nothing for one and a half times the keepalive, and not while it reads slowly', async () => {
    const rig = acknowledging();
    const stream = await rig.connect();
    fill(stream);
    stream.buffered = 1_000_000;
    flood(stream, PUBREL, 100 * READ);
    for (let second = 1; second <= 600; second++) {
      stream.got = 10 * second;
      rig.clock.runTo(second * 1000);
    }
    expect(rig.failures).toEqual([]);
    rig.clock.runTo(600_000 + 121_000);
    await settle();
    expect(rig.log.at(-1)).toBe('down keepalive');
    expect(rig.events.at(-1)).toMatchObject({ type: 'failed', error: 'no-pingresp' });
  });

  test('can be left, and nothing rings afterwards', async () => {
    const rig = acknowledging();
    const stream = await rig.connect();
    fill(stream);
    flood(stream, PUBREL, 100 * READ);
    rig.client.end();
    await settle();
    expect(stream.paused).toBe(false);
    rig.clock.runTo(60_000);
    expect(stream.destroyed).toBe(true);
    expect(rig.log.at(-1)).toBe('ended connection-lost');
  });
});

test('messages of ours that fill the socket do not stop the reading', async () => {
  const rig = new Rig();
  const stream = await rig.connect();
  fill(stream);
  for (let i = 0; i < 20; i++)
    rig.client.publish({ topic: 't', payload: Buffer.alloc(100_000), qos: 1, retain: false, properties: [] });
  await settle();
  stream.feed(bytes('40 {0001}'));
  expect(stream.paused).toBe(false);
});

describe('a long piece', () => {
  const COUNT = 400_000;
  const PIECE = packets('30 {"t" {}}', COUNT);
  const isMessage = ({ type }: { type: string }): boolean => type === 'message';

  test('is handed on in parts, with a turn of the clock between them, whole and in order', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    stream.feed(PIECE);
    expect(stream.paused).toBe(true);
    expect(rig.events.filter(isMessage).length).toBeLessThan(COUNT / 2);
    rig.clock.runTo(1000);
    expect(rig.events.filter(isMessage).length).toBe(COUNT);
    expect(stream.paused).toBe(false);
  });

  test('is delivered before the end of the connection is reported', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    stream.feed(PIECE);
    stream.handlers.closed(undefined);
    expect(rig.failures).toEqual([]);
    rig.clock.runTo(1000);
    expect(rig.events.filter(isMessage).length).toBe(COUNT);
    expect(rig.failures).toHaveLength(1);
  });

  test('waits while the owner does not read', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    stream.feed(PIECE);
    const before = rig.events.length;
    rig.client.setReading(false);
    rig.clock.runTo(1000);
    expect(rig.events.length - before).toBeLessThan(COUNT / 2);
    rig.client.setReading(true);
    rig.clock.runTo(2000);
    expect(rig.events.filter(isMessage).length).toBe(COUNT);
  });

  test('of one packet that is under way is handed on as it is', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    stream.feed(bytes('30 8080 8002'));
    stream.feed(bytes('"t" 00'));
    stream.feed(Buffer.alloc(4 * 1024 * 1024 - 4));
    expect(rig.events.filter(isMessage)).toHaveLength(1);
  });
});

describe('reads that follow one another at once', () => {
  /** As long as a slow consumer takes for one of them. */
  const SLOW = 30;

  const slow = (): Rig =>
    new Rig({
      event: (event, { clock }) => {
        if (event.type === 'message') clock.spend(SLOW);
      },
    });

  test('let everything else have a turn after 50 ms', async () => {
    const rig = slow();
    const stream = await rig.connect();
    let reads = 0;
    while (!stream.paused && reads < 32) {
      stream.feed(packets('30 {"t" {}}', 1000));
      reads++;
    }
    expect(reads).toBeLessThanOrEqual(3);
    rig.clock.runTo(rig.clock.now());
    expect(stream.paused).toBe(false);
  });

  test('need not be held up when each has its own turn', async () => {
    const rig = slow();
    const stream = await rig.connect();
    for (let i = 0; i < 32; i++) {
      stream.feed(packets('30 {"t" {}}', 1000));
      rig.clock.runTo(rig.clock.now());
    }
    expect(stream.calls).not.toContain('pause');
  });
});
