import { describe, expect, it } from 'vitest';
import type { Subscription } from '../../../src/mqtt/types.ts';
import { Harness } from './harness.ts';

const filter = (name: string, qos: 0 | 1 | 2 = 0): Subscription => ({
  filter: name,
  qos,
  noLocal: false,
  retainAsPublished: false,
  retainHandling: 0,
});

describe('SUBSCRIBE', () => {
  it('carries filters and options, and SUBACK answers each in order [MQTT-3.8.4-6]', () => {
    const h = new Harness().connect();
    h.events();
    const options = { noLocal: true, retainAsPublished: true, retainHandling: 2 } as const;
    const token = h.session.subscribe([filter('a/#', 1), { ...filter('b', 2), ...options }], []);
    h.expectOut('82 {0001 {} "a/#" 01 "b" 2e}');
    h.in('90 {0001 {1f "why"} 01 87}');
    expect(h.plainEvents()).toEqual([{ type: 'subscribed', token, packetId: 1, codes: [1, 0x87], reason: 'why' }]);
  });

  it('of MQTT 3 has the QoS alone', () => {
    const h = new Harness({ version: 4 }).connect();
    h.session.subscribe([{ ...filter('a', 1), noLocal: true }], []);
    h.expectOut('82 {0001 "a" 01}').in('90 {0001 80}');
    expect(h.plainEvents().at(-1)).toEqual({ type: 'subscribed', token: 1, packetId: 1, codes: [0x80] });
  });

  it('waits for CONNACK, and goes before the publishes that wait', () => {
    const h = new Harness();
    h.session.subscribe([filter('a')], []);
    h.session.transportOpened(0);
    expect(h.sent()).toEqual(['connect']);
    h.in('20 {00 00 {}}');
    expect(h.sent()).toEqual(['subscribe 1']);
  });

  it('is sent again with its identifier when the connection broke before the answer, and answered once', () => {
    const h = new Harness({ clean: false }).connect();
    h.session.subscribe([filter('a')], []);
    h.session.unsubscribe(['b'], []);
    h.session.subscribe([filter('c')], []);
    h.in('90 {0003 {} 00}');
    h.out();
    for (let i = 0; i < 3; i++) {
      h.drop().resume();
      expect(h.sent()).toEqual(['subscribe 1', 'unsubscribe 2']);
    }
    h.events();
    h.in('90 {0001 {} 00} b0 {0002 {} 11}');
    expect(h.plainEvents()).toEqual([
      { type: 'subscribed', token: 1, packetId: 1, codes: [0] },
      { type: 'unsubscribed', token: 2, codes: [0x11] },
    ]);
    h.drop().resume();
    expect(h.sent()).toEqual([]);
  });

  it('shares identifiers with PUBLISH [MQTT-2.2.1-3]', () => {
    const h = new Harness().connect();
    h.session.publish({ topic: 't', payload: Buffer.alloc(0), qos: 1, retain: false, properties: [] });
    h.session.subscribe([filter('a')], []);
    h.session.unsubscribe(['a'], []);
    expect(h.sent()).toEqual(['publish 1', 'subscribe 2', 'unsubscribe 3']);
  });

  it.each([
    ['wildcards', '28 00', filter('a/+'), [], 0xa2],
    ['shared subscriptions [MQTT 5, 3.2.2.3.13]', '2a 00', filter('$share/g/a'), [], 0x9e],
    [
      'subscription identifiers [MQTT 5, 3.2.2.3.12]',
      '29 00',
      filter('a'),
      [{ name: 'subscription-identifier', value: 3 } as const],
      0xa1,
    ],
    ['packets of this size [MQTT-3.2.2-15]', '27 00000008', filter('a'), [], 0x95],
  ])('is refused before it is sent where the server takes no %s', (_, limit, subscription, properties, code) => {
    const h = new Harness().connect(`20 {00 00 {${limit}}}`);
    h.events();
    h.session.subscribe([subscription], properties);
    h.expectOut('');
    expect(h.plainEvents()).toEqual([{ type: 'subscribed', token: 1, packetId: 1, codes: [code] }]);
    h.drop().connect();
    expect(h.sent()).toEqual([]);
  });

  it('is sent without the filters that the server cannot serve, and the answer has one code for each all the same', () => {
    const h = new Harness().connect('20 {00 00 {28 00 2a 00}}');
    h.events();
    h.session.subscribe([filter('a/#'), filter('b', 1), filter('$share/g/c'), filter('d')], []);
    h.expectOut('82 {0001 {} "b" 01 "d" 00}');
    h.in('90 {0001 {} 01 80}');
    expect(h.plainEvents()).toEqual([{ type: 'subscribed', token: 1, packetId: 1, codes: [0xa2, 1, 0x9e, 0x80] }]);
  });

  it('that was narrowed for one server is whole again for the next', () => {
    const h = new Harness({ clean: false }).connect('20 {00 00 {28 00}}');
    h.session.subscribe([filter('a/#'), filter('b')], []);
    h.expectOut('82 {0001 {} "b" 00}');
    h.drop().resume();
    h.expectOut('82 {0001 {} "a/#" 00 "b" 00}');
    h.in('90 {0001 {} 00 00}');
    expect(h.plainEvents().at(-1)).toMatchObject({ codes: [0, 0] });
  });

  it.each([
    ['too few', '90 {0001 {} 00}'],
    ['too many', '90 {0001 {} 00 00 00}'],
  ])('with %s codes in SUBACK is a protocol error [MQTT-3.9.3-1]', (_, suback) => {
    const h = new Harness().connect();
    h.session.subscribe([filter('a'), filter('b')], []);
    h.in(suback);
    h.expectFailed(0x82);
    h.out();
    h.drop().connect();
    expect(h.sent()).toEqual(['subscribe 1']);
  });
});

describe('UNSUBSCRIBE', () => {
  it('is answered by UNSUBACK, which has codes in MQTT 5 only [MQTT-3.10.4-4, 3.11.3-1]', () => {
    const five = new Harness().connect();
    five.session.unsubscribe(['a', 'b/#'], [{ name: 'user-property', value: ['k', 'v'] }]);
    five.expectOut('a2 {0001 {26 "k" "v"} "a" "b/#"}').in('b0 {0001 {} 00 11}');
    expect(five.plainEvents().at(-1)).toEqual({ type: 'unsubscribed', token: 1, codes: [0, 0x11] });
    const four = new Harness({ version: 4 }).connect();
    four.session.unsubscribe(['a', 'b/#'], []);
    four.expectOut('a2 {0001 "a" "b/#"}').in('b0 {0001}');
    expect(four.plainEvents().at(-1)).toEqual({ type: 'unsubscribed', token: 1, codes: [] });
  });

  it('too large for the server is refused before it is sent', () => {
    const h = new Harness().connect('20 {00 00 {27 00000007}}');
    h.session.unsubscribe(['a'], []);
    h.expectOut('');
    expect(h.plainEvents().at(-1)).toEqual({ type: 'unsubscribed', token: 1, codes: [0x95] });
  });
});

describe('an answer to the wrong request', () => {
  it.each([
    ['SUBACK for UNSUBSCRIBE', '90 {0002 {} 00}'],
    ['UNSUBACK for SUBSCRIBE', 'b0 {0001 {} 00}'],
    ['UNSUBACK with another number of codes', 'b0 {0002 {} 00 00}'],
  ])('%s is a protocol error', (_, notation) => {
    const h = new Harness().connect();
    h.session.subscribe([filter('a')], []);
    h.session.unsubscribe(['a'], []);
    h.in(notation);
    h.expectFailed(0x82);
  });

  it('to no request at all is let pass', () => {
    const h = new Harness().connect();
    h.events();
    h.out();
    h.in('90 {0009 {} 00} b0 {0009 {} 00}').expectOut('');
    expect(h.types()).toEqual([]);
  });
});
