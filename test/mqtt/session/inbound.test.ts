import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/mqtt/session/events.ts';
import { encodeAll, Harness } from './harness.ts';

const VERSIONS = [3, 4, 5] as const;

/** PUBLISH of `topic` with the payload 'x', in notation. */
function publish(version: 3 | 4 | 5, qos: 0 | 1 | 2, packetId = 0, { dup = false, topic = 't' } = {}): string {
  const payload = Buffer.from('x');
  const packet = { type: 'publish', dup, qos, retain: false, topic, packetId, payload, properties: [] } as const;
  return encodeAll([packet], version).toString('hex');
}

const kept = (version: 3 | 4 | 5) => new Harness({ version, clean: false });

describe.each(VERSIONS)('v%i: a message', (version) => {
  it('at QoS 0 is reported and needs no acknowledgement', () => {
    const h = new Harness({ version }).connect().in(publish(version, 0));
    const [message] = h.messages();
    expect(message?.payload).toBe('x');
    h.session.acknowledge(message!.delivery);
    h.session.acknowledge(message!.delivery);
    h.expectOut('');
  });

  it('at QoS 1 is acknowledged only after acknowledge() [MQTT-4.3.2-4]', () => {
    const h = new Harness({ version }).connect().in(publish(version, 1, 7));
    h.expectOut('');
    const [message] = h.messages();
    expect(message?.delivery).toMatchObject({ packetId: 7, qos: 1 });
    h.session.acknowledge(message!.delivery);
    h.expectOut('40 {0007}');
  });

  it('at QoS 2 is reported when it arrives, and PUBREC waits for acknowledge() [MQTT-4.3.3-8]', () => {
    const h = new Harness({ version }).connect().in(publish(version, 2, 7));
    h.expectOut('');
    const [message] = h.messages();
    h.session.acknowledge(message!.delivery);
    h.expectOut('50 {0007}');
    h.in('62 {0007}').expectOut('70 {0007}');
    expect(h.messages()).toEqual([]);
  });

  it('is acknowledged in the order of arrival, whatever order the consumer finishes in [MQTT-4.6.0-2, 4.6.0-3]', () => {
    const h = new Harness({ version }).connect();
    h.in([1, 2, 1, 2, 1].map((qos, i) => publish(version, qos as 1 | 2, i + 1)).join(' '));
    const deliveries = h.messages().map(({ delivery }) => delivery);
    for (const i of [4, 1, 2]) h.session.acknowledge(deliveries[i]!);
    h.expectOut('');
    h.session.acknowledge(deliveries[0]!);
    expect(h.sent()).toEqual(['puback 1', 'pubrec 2', 'puback 3']);
    h.session.acknowledge(deliveries[3]!);
    expect(h.sent()).toEqual(['pubrec 4', 'puback 5']);
  });

  it('is acknowledged once: a second time is a mistake of ours', () => {
    const h = new Harness({ version }).connect().in(publish(version, 1, 1));
    const [message] = h.messages();
    h.session.acknowledge(message!.delivery);
    expect(() => h.session.acknowledge(message!.delivery)).toThrow(TypeError);
  });

  it('acknowledged after the end of its connection gets no PUBACK on the next one', () => {
    const h = kept(version)
      .connect()
      .in(`${publish(version, 1, 1)} ${publish(version, 2, 2)}`);
    const deliveries = h.messages().map(({ delivery }) => delivery);
    h.drop();
    for (const delivery of deliveries) h.session.acknowledge(delivery);
    h.resume().expectOut('');
  });

  it('of QoS 2 that is repeated on the same connection is reported once, and PUBREC is sent again in its turn', () => {
    const h = new Harness({ version }).connect();
    h.in(`${publish(version, 1, 9)} ${publish(version, 2, 7)}`);
    const [first, second] = h.messages();
    h.in(publish(version, 2, 7, { dup: true })).expectOut('');
    h.session.acknowledge(second!.delivery);
    h.in(publish(version, 2, 7, { dup: true })).expectOut('');
    h.session.acknowledge(first!.delivery);
    h.expectOut('40 {0009} 50 {0007}');
    h.in(publish(version, 2, 7, { dup: true })).expectOut('50 {0007}');
    h.in('62 {0007}').expectOut('70 {0007}');
    expect(h.messages()).toEqual([]);
  });

  it('of QoS 2 is new again once its flow has ended, DUP or not [MQTT-4.3.3-12]', () => {
    const h = new Harness({ version }).connect();
    for (const dup of [false, true]) {
      h.in(publish(version, 2, 7, { dup }));
      const [message] = h.messages();
      h.session.acknowledge(message!.delivery);
      h.in('62 {0007}');
      expect(h.sent()).toEqual(['pubrec 7', 'pubcomp 7']);
    }
  });

  it('of QoS 1 that the consumer has not finished is not reported again in a persistent session', () => {
    const h = kept(version).connect();
    h.in(`${publish(version, 1, 1)} ${publish(version, 1, 2)} ${publish(version, 1, 3)}`);
    const deliveries = h.messages().map(({ delivery }) => delivery);
    h.session.acknowledge(deliveries[1]!);
    h.drop().resume();
    h.in(`${publish(version, 1, 1, { dup: true })} ${publish(version, 1, 2, { dup: true })}`);
    expect(h.messages()).toEqual([]);
    h.expectOut('');
    h.session.acknowledge(deliveries[0]!);
    expect(h.sent()).toEqual(['puback 1', 'puback 2']);
    h.session.acknowledge(deliveries[2]!);
    h.expectOut('')
      .in(publish(version, 1, 3, { dup: true }))
      .expectOut('40 {0003}');
    expect(h.messages()).toEqual([]);
  });

  it('of QoS 1 is reported again when its identifier is reused', () => {
    const h = kept(version)
      .connect()
      .in(`${publish(version, 1, 1)} ${publish(version, 1, 2)}`);
    h.drop().resume();
    h.in(`${publish(version, 1, 1)} ${publish(version, 1, 2, { dup: true, topic: 'other' })}`);
    expect(h.messages().map(({ topic }) => topic)).toEqual(['t', 't', 't', 'other']);
  });
});

describe('PUBREL', () => {
  it('for an unknown identifier is answered: 0x92 in MQTT 5, plain before [MQTT-4.3.3-11]', () => {
    new Harness().connect().in('62 {0009}').expectOut('70 {0009 92}');
    new Harness({ version: 4 }).connect().in('62 {0009}').expectOut('70 {0009}');
  });

  it('before our PUBREC does not end the flow', () => {
    const h = new Harness()
      .connect()
      .in(publish(5, 2, 7))
      .in('62 {0007}');
    h.expectOut('70 {0007 92}');
    h.session.acknowledge(h.messages()[0]!.delivery);
    h.expectOut('50 {0007}').in('62 {0007 92}').expectOut('70 {0007}');
  });

  it('is answered again when PUBCOMP was lost', () => {
    const h = kept(5)
      .connect()
      .in(publish(5, 2, 7));
    h.session.acknowledge(h.messages()[0]!.delivery);
    h.in('62 {0007}');
    h.out();
    h.drop().resume().in('62 {0007}').expectOut('70 {0007 92}');
  });
});

describe('a QoS 2 flow in a kept session, cut between any two of its packets', () => {
  // What the server sends on the next connection depends on what reached it.
  const cuts = ['PUBLISH', 'acknowledge', 'PUBREC', 'PUBREL', 'PUBCOMP'] as const;

  it.each(
    VERSIONS.flatMap((version) =>
      cuts.flatMap((cut) =>
        (['before', 'while cut', 'after'] as const).map((finishes) => ({ version, cut, finishes })),
      ),
    ).filter(({ cut, finishes }) => cut === 'PUBLISH' || finishes === 'before'),
  )(
    'v$version: reports the message once: cut after $cut, consumer finishes $finishes',
    ({ version, cut, finishes }) => {
      const h = kept(version)
        .connect()
        .in(publish(version, 2, 7));
      const reported = h.messages();
      const finish = (): void => h.session.acknowledge(reported[0]!.delivery);
      const reached = cuts.indexOf(cut);
      if (finishes === 'before' && reached >= 1) finish();
      if (reached >= 1) expect(h.sent()).toEqual(['pubrec 7']);
      if (reached >= 3) expect(h.in('62 {0007}').sent()).toEqual(['pubcomp 7']);
      h.drop();
      if (finishes === 'while cut') finish();
      h.resume();
      // The server has PUBREC only when the cut came after it; it sends PUBREL until it has PUBCOMP.
      if (reached < 2) h.in(publish(version, 2, 7, { dup: true }));
      if (reached === 0 && finishes !== 'while cut') finish();
      if (reached < 2) expect(h.sent()).toEqual(['pubrec 7']);
      if (reached < 4) {
        h.in('62 {0007}');
        expect(h.sent()).toEqual(['pubcomp 7']);
      }
      expect([...reported, ...h.messages()]).toHaveLength(1);
      h.in(publish(version, 2, 7));
      expect(h.messages()).toHaveLength(1);
    },
  );

  it('starts over when the server lost the session', () => {
    const h = kept(5)
      .connect()
      .in(publish(5, 2, 7))
      .in(publish(5, 1, 8));
    const before: Delivery[] = h.messages().map(({ delivery }) => delivery);
    h.drop().connect();
    h.in(publish(5, 2, 7)).in(publish(5, 1, 8, { dup: true }));
    const after = h.messages();
    expect(after).toHaveLength(2);
    for (const delivery of before) h.session.acknowledge(delivery);
    h.expectOut('');
    for (const { delivery } of after) h.session.acknowledge(delivery);
    expect(h.sent()).toEqual(['pubrec 7', 'puback 8']);
  });
});

describe('our receive maximum', () => {
  it.each([4, 5] as const)(
    'binds the server and ends nothing when it is exceeded (decision 9), MQTT version %i',
    (version) => {
      const h = new Harness({ version, clean: false, properties: [{ name: 'receive-maximum', value: 1 }] }).connect();
      h.out();
      for (let id = 1; id < 100; id++) h.in(publish(version, id % 2 === 0 ? 1 : 2, id));
      const messages = h.messages();
      expect(messages).toHaveLength(99);
      for (const { delivery } of messages) h.session.acknowledge(delivery);
      expect(h.sent()).toEqual(messages.map((_, i) => (i % 2 === 0 ? `pubrec ${i + 1}` : `puback ${i + 1}`)));
    },
  );

  it.each([1, 2] as const)('is at most the number of packet identifiers, QoS %i [MQTT-2.2.1-4]', (qos) => {
    const h = new Harness({ version: 5, clean: false }).connect();
    h.out();
    for (let id = 1; id <= 65_535; id++) h.in(publish(5, qos, id));
    expect(h.messages()).toHaveLength(65_535);
    h.expectOut('');
    // At QoS 2 it is the same message once more, and nothing more is kept of it.
    h.in(publish(5, qos, 1));
    if (qos === 1) h.expectOut('e0 {93}');
    else h.expectOut('');
  });
});
