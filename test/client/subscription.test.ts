/** A message on its way to the loops of a program. */
import { describe, expect, test } from 'vitest';
import { Arrival, type Message, Subscription } from '../../src/client/subscription.ts';
import { bytes } from '../mqtt/notation.ts';
import { decodeOne } from '../mqtt/wire.ts';

test('a message has its own bytes, also those of its correlation data, when the next one is read to the same memory', () => {
  const packet = decodeOne(bytes('30 {"t" {09 0002 cccc} \'text\'}'), 5);
  if (packet.type !== 'publish') throw new Error('not a PUBLISH');
  const message = new Arrival(packet, () => {}).share();
  new Uint8Array(packet.payload.buffer).fill(0);
  expect(message.text).toBe('text');
  expect(message.properties).toEqual([{ name: 'correlation-data', value: new Uint8Array([0xcc, 0xcc]) }]);
});

describe('what waits for a loop', () => {
  const NOBODY = { taken: () => {}, left: () => {}, unsubscribe: async () => {} };
  const message = (bytes: number, properties: number): Message =>
    ({
      payload: new Uint8Array(bytes),
      topic: '',
      properties: Array(properties).fill({ name: 'user-property', value: ['k'.repeat(60), 'v'.repeat(60)] }),
      acknowledge: () => {},
    }) as unknown as Message;

  test.each([
    [0, 0, 1],
    [100, 3, 1],
    [64 * 1024, 0, 2],
    [64 * 1024 * 1024, 0, 1025],
    [0, 65_535, 248],
  ])('weighs by its memory: %i bytes and %i properties are %i short messages', async (bytes, properties, load) => {
    const subscription = new Subscription(['#'], {}, NOBODY);
    subscription.push(message(bytes, properties));
    subscription.push(message(0, 0));
    expect([subscription.waiting, subscription.load]).toEqual([2, load + 1]);
    await subscription.next();
    expect(subscription.load).toBe(1);
    expect(subscription.drain()).toHaveLength(1);
    expect(subscription.load).toBe(0);
  });
});
