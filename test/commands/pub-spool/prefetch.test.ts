/** Messages at QoS 2 are stored before their turn, under the identifiers that they get; a wrong guess loses nothing. */
import { expect, it } from 'vitest';
import { Prefetch } from '../../../src/commands/pub-spool/prefetch.ts';
import type { QoS } from '../../../src/mqtt/types.ts';
import type { Sender } from '../../../src/spool/sender.ts';
import { draft, rig } from '../../spool/rig.ts';

async function waiting(...qos: QoS[]): Promise<{ sender: Sender; prefetch: Prefetch; next(): Promise<Sender> }> {
  const { open } = rig();
  await open().accept(qos.map((one, i) => draft(`${i + 1}`, { qos: one })));
  const sender = (await open().sender())!;
  const next = async (): Promise<Sender> => {
    await sender.close();
    return (await open().sender())!;
  };
  return { sender, prefetch: new Prefetch(sender), next };
}

const flights = (sender: Sender): string[] => sender.recovery.flights.map(({ id, packetId }) => `${id} as ${packetId}`);

it('as many as may be on their way are in flight for a later run, in order', async () => {
  const { prefetch, next } = await waiting(2, 2, 2, 2);
  expect(prefetch.peek()?.id).toBe(1);
  prefetch.store(3, 0);
  expect(flights(await next())).toEqual(['1 as 1', '2 as 2', '3 as 3']);
});

it('what is sent as it was stored need not be stored again, and what was not sent is given back', async () => {
  const { prefetch, next } = await waiting(2, 2, 2);
  prefetch.store(3, 0);
  prefetch.shift();
  expect(prefetch.sending(1, 1)).toBe(false);
  prefetch.giveBack();
  const later = await next();
  expect(flights(later)).toEqual(['1 as 1']);
  expect([later.next()?.id, later.next()?.id]).toEqual([2, 3]);
});

it('a wrong guess: it is stored again, and the order stays that of sending', async () => {
  const { prefetch, next } = await waiting(2, 2, 2);
  prefetch.store(3, 0);
  prefetch.shift();
  // Two identifiers were used up by something else.
  expect(prefetch.sending(1, 3)).toBe(true);
  prefetch.store(2, 3);
  expect(flights(await next())).toEqual(['1 as 3', '2 as 4', '3 as 5']);
});

it('messages of another QoS use identifiers up that are not stored', async () => {
  const { prefetch, next } = await waiting(2, 2, 1, 0, 2);
  prefetch.store(3, 0);
  expect(flights(await next())).toEqual(['1 as 1', '2 as 2', '5 as 5']);
});

it('what the session was given has used identifiers up', async () => {
  const { prefetch, next } = await waiting(1, 1, 1, 2);
  for (let i = 0; i < 3; i++) {
    prefetch.peek();
    prefetch.shift();
  }
  prefetch.store(1, 3);
  expect(flights(await next())).toEqual(['4 as 4']);
});

it('few at QoS 2 among many others are not looked for without end', async () => {
  const { prefetch, next } = await waiting(2, ...Array<QoS>(255).fill(0), 2);
  prefetch.store(2, 0);
  expect(flights(await next())).toEqual(['1 as 1']);
});

it('an identifier of a message that is on its way stays with it, however far round the numbers have gone', async () => {
  const { sender, prefetch, next } = await waiting(2, 2, 2, 2);
  prefetch.store(1, 0);
  prefetch.shift();
  expect(prefetch.sending(1, 1)).toBe(false);
  prefetch.store(3, 65_534);
  expect(sender.usesPacketId(1)).toBe(true);
  expect(flights(await next())).toEqual(['1 as 1', '2 as 65535']);
});

it('identifiers go round', async () => {
  const { prefetch, next } = await waiting(2, 2);
  prefetch.store(2, 65_534);
  expect(flights(await next())).toEqual(['1 as 65535', '2 as 1']);
});
