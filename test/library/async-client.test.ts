/** The client with promises, on a connection that the test holds in its hands. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { Failure } from '../../src/errors.ts';
import { AsyncClient } from '../../src/library/async-client.ts';
import { Session } from '../../src/mqtt/session/session.ts';
import { CONNACK } from '../client/rig.ts';
import { bytes } from '../mqtt/notation.ts';
import { OPTIONS } from '../mqtt/session/harness.ts';
import { FakeStream } from '../support/pair.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

async function connected(discarded?: Failure[]) {
  const clock = new VirtualClock();
  let stream: FakeStream | undefined;
  const client = new AsyncClient(
    {
      session: new Session({ ...OPTIONS, clean: false }),
      version: 5,
      clock,
      retry: () => undefined,
      dial: (handlers) => {
        stream = new FakeStream(handlers);
        return { opened: Promise.resolve(stream), cancel: () => {} };
      },
    },
    true,
    discarded === undefined ? {} : { onDiscarded: (failure) => discarded.push(failure) },
  );
  const open = client.open();
  await settle();
  stream!.feed(bytes(CONNACK));
  await open;
  stream!.take();
  /** Hands on what came, and lets everything else have its turn. */
  const feed = (packets: Buffer): void => {
    stream!.feed(packets);
    clock.runTo(clock.now());
  };
  return { client, stream: stream!, feed };
}

/** A message at QoS 1 of 1 MiB. */
const large = (id: number): Buffer =>
  Buffer.concat([bytes(`32 868040 "t" ${id.toString(16).padStart(4, '0')} {}`), Buffer.alloc(2 ** 20)]);

test('messages that no loop takes are read until they are 64 MiB, and read on when one does', async () => {
  const { client, stream, feed } = await connected();
  let sent = 0;
  while (!stream.paused && sent < 200) feed(large(++sent));
  expect(sent).toBeGreaterThan(50);
  expect(sent).toBeLessThan(70);
  const messages = client.subscribe('t', { acknowledge: 'manual' });
  await settle();
  stream.feed(bytes('90 {0001 {} 01}'));
  await messages.granted;
  expect(stream.paused).toBe(true);
  for (let i = 0; i < sent; i++) await messages.next();
  expect(stream.paused).toBe(false);
});

test('a message with too many properties is a warning of the process without onDiscarded', async () => {
  const warning = once(process, 'warning');
  const { stream } = await connected();
  stream.feed(bytes(`32 {"t" 0001 {${'26 0000 0000 '.repeat(65_536)}} 'evil'}`));
  const [{ message }] = await warning;
  expect(message).toContain('A message on "t" was discarded: it has 65536 properties');
});

test('a message with too many properties is refused and reported, and the next one delivered', async () => {
  const discarded: Failure[] = [];
  const { client, stream } = await connected(discarded);
  const messages = client.subscribe('t');
  stream.feed(bytes(`32 {"t" 0001 {${'26 0000 0000 '.repeat(65_536)}} 'evil'}  32 {"t" 0002 {} 'fine'}`));
  expect((await messages.next()).value?.text).toBe('fine');
  expect(discarded.map(({ message, reason }) => [message, reason])).toEqual([
    [expect.stringContaining('A message on "t" was discarded: it has 65536 properties'), 0x97],
  ]);
  await settle();
  expect(stream.take().toString('hex')).toContain('4003000197');
});

test('while an answer is waited for more is read, and given up before it fills the memory', async () => {
  const { client, stream, feed } = await connected();
  const messages = client.subscribe('t', { acknowledge: 'manual' });
  await settle();
  stream.feed(bytes('90 {0001 {} 01}'));
  await messages.granted;
  const published = client.publish('a', 'x').catch((failure: unknown) => failure);
  const many = Buffer.concat(Array(1000).fill(bytes('30 {"t" {} "x"}')));
  for (let i = 0; i < 200; i++) feed(many);
  expect(client.connected).toBe(true);
  for (let i = 0; i < 51; i++) if (client.connected) feed(many);
  expect(client.connected).toBe(false);
  expect(await published).toMatchObject({ kind: 'system' });
});
