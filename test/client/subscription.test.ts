/** A message on its way to the loops of a program. */
import { expect, test } from 'vitest';
import { Arrival } from '../../src/client/subscription.ts';
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
