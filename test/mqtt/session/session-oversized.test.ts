/** Messages that cannot be handed out, and packets that no server may send: neither is made into objects, neither blocks. */
import { describe, expect, it } from 'vitest';
import { Harness } from './harness.ts';

const SECTION = '26 0000 0000 '.repeat(65_536);

const oversized = (qos: 0 | 1 | 2, packetId: number, dup = false): string =>
  `${(0x30 | (dup ? 8 : 0) | (qos << 1)).toString(16)} {"t" ${qos > 0 ? packetId.toString(16).padStart(4, '0') : ''} {${SECTION}} 'x'}`;
const ordinary = (packetId: number): string => `32 {"t" ${packetId.toString(16).padStart(4, '0')} {} 'x'}`;

const events = (h: Harness) =>
  h.events().flatMap((event) => (event.type === 'message' || event.type === 'oversized' ? [event] : []));

describe('a message with too many properties', () => {
  it('is reported, and refused when that is acknowledged, so that the server sends it no more', () => {
    const h = new Harness().connect().in(`${oversized(1, 1)} ${ordinary(2)}`);
    h.expectOut('');
    const [big, small] = events(h);
    expect(big).toMatchObject({ type: 'oversized', packet: { topic: 't', excess: { count: 65_536 } } });
    expect(small?.type).toBe('message');
    h.session.acknowledge(big!.delivery);
    h.session.acknowledge(small!.delivery);
    h.expectOut('40 {0001 97}  40 {0002}');
  });

  it('is refused in its turn, after what came before it [MQTT-4.6.0-2]', () => {
    const h = new Harness().connect().in(`${ordinary(1)} ${oversized(1, 2)}`);
    const [small, big] = events(h);
    h.session.acknowledge(big!.delivery);
    h.expectOut('');
    h.session.acknowledge(small!.delivery);
    h.expectOut('40 {0001}  40 {0002 97}');
  });

  it('ends its flow at QoS 2 with PUBREC, so that its identifier is free', () => {
    const h = new Harness().connect().in(oversized(2, 1));
    h.session.acknowledge(events(h)[0]!.delivery);
    h.expectOut('50 {0001 97}');
    expect(h.session.isQuiet).toBe(true);
    h.in('34 {"t" 0001 {} \'y\'}');
    expect(events(h).map(({ type }) => type)).toEqual(['message']);
  });

  it('is reported at QoS 0 too, where there is nothing to refuse', () => {
    const h = new Harness().connect().in(oversized(0, 0));
    const [big] = events(h);
    expect(big?.type).toBe('oversized');
    h.session.acknowledge(big!.delivery);
    h.expectOut('');
  });

  it.each([1, 2] as const)(
    'at QoS %i is refused again, without a word, when the refusal was lost with the connection',
    (qos) => {
      const h = new Harness({ clean: false }).connect().in(oversized(qos, 1));
      const [big] = events(h);
      h.drop();
      h.session.acknowledge(big!.delivery);
      h.resume().in(oversized(qos, 1, true));
      expect(events(h)).toEqual([]);
      h.expectOut(`${qos === 1 ? '40' : '50'} {0001 97}`);
    },
  );
});

it.each([
  ['CONNECT', '10'],
  ['SUBSCRIBE', '82'],
  ['UNSUBSCRIBE', 'a2'],
  ['PINGREQ', 'c0'],
])('%s from a server is refused by its first byte, before there is a body', (name, header) => {
  const h = new Harness().connect().in(header);
  expect(h.events().at(-1)).toMatchObject({
    type: 'failed',
    error: { code: 0x82, message: `${name} from a server [MQTT 2.1.2]` },
  });
});

it.each([4, 5] as const)('version %i: a packet above the limit of this client is refused by its length', (version) => {
  const h = new Harness({ version, maxPacketBytes: 1000 }).connect().in('30 e907');
  const last = h.events().at(-1);
  expect(last).toMatchObject({
    type: 'failed',
    error: {
      code: 0x95,
      message: 'packet of 1004 bytes exceeds the maximum packet size of 1000 bytes [MQTT-3.1.2-24]',
    },
  });
});

it('a maximum packet size that CONNECT announces counts, not the other limit', () => {
  const properties = [{ name: 'maximum-packet-size', value: 2000 }] as const;
  const h = new Harness({ properties, maxPacketBytes: 1000 }).connect().in('30 e907');
  expect(h.types()).toEqual(['connected']);
});

describe('what is kept of a message that is open', () => {
  it('at QoS 1 has no topic of more than 256 characters: the message is handed out once more when it comes again', () => {
    for (const [length, type] of [
      [256, []],
      [257, ['message']],
    ] as const) {
      const publish = (dup: boolean): string => `${dup ? '3a' : '32'} {"${'t'.repeat(length)}" 0001 {} 'x'}`;
      const h = new Harness({ clean: false }).connect().in(publish(false));
      h.events();
      h.drop();
      h.resume().in(publish(true));
      expect(events(h).map((event) => event.type)).toEqual(type);
    }
  });
});
