/**
 * Covers src/mqtt/session/disconnect-packet.ts.
 */
import { describe, expect, it } from 'vitest';
import { content, Harness } from './harness.ts';

const EXPIRY = { name: 'session-expiry-interval', value: 100 } as const;

describe('CONNECT', () => {
  it.each([
    ['MQTT 3.1', { version: 3 }, '10 {"MQIsdp" 03 02 003c "c"}'],
    ['MQTT 3.1.1', { version: 4 }, '10 {"MQTT" 04 02 003c "c"}'],
    ['MQTT 5', {}, '10 {"MQTT" 05 02 003c {} "c"}'],
    ['a session to keep [MQTT-3.1.2-4]', { clean: false }, '10 {"MQTT" 05 00 003c {} "c"}'],
    ['an expiry [MQTT 5, 3.1.2.11.2]', { properties: [EXPIRY] }, '10 {"MQTT" 05 02 003c {11 00000064} "c"}'],
    ['no identifier [MQTT-3.1.3-6]', { clientId: '' }, '10 {"MQTT" 05 02 003c {} ""}'],
    ['keepalive off [MQTT 5, 3.1.2.10]', { keepAlive: 0 }, '10 {"MQTT" 05 02 0000 {} "c"}'],
    ['the longest keepalive', { keepAlive: 65_535 }, '10 {"MQTT" 05 02 ffff {} "c"}'],
    [
      'user name and password [MQTT-3.1.3-12]',
      { username: 'u', password: Buffer.from([0, 255]) },
      '10 {"MQTT" 05 c2 003c {} "c" "u" 000200ff}',
    ],
    ['a password alone [MQTT 5, 3.1.2.9]', { password: Buffer.from('p') }, '10 {"MQTT" 05 42 003c {} "c" "p"}'],
    ['an empty user name and password', { username: '', password: Buffer.of() }, '10 {"MQTT" 05 c2 003c {} "c" "" ""}'],
    [
      'a will with delay and properties [MQTT-3.1.3-1]',
      {
        will: {
          topic: 'w',
          payload: Buffer.from('bye'),
          qos: 2,
          retain: true,
          properties: [
            { name: 'will-delay-interval', value: 5 },
            { name: 'content-type', value: 'x' },
          ],
        },
      },
      '10 {"MQTT" 05 36 003c {} "c" {18 00000005 03 "x"} "w" "bye"}',
    ],
    [
      'a will of MQTT 3, empty',
      { version: 4, will: { topic: 'w', payload: Buffer.of(), qos: 1, retain: false, properties: [] } },
      '10 {"MQTT" 04 0e 003c "c" "w" ""}',
    ],
  ] as const)('says what was asked for: %s', (_, options, notation) => {
    const h = new Harness(options);
    h.session.transportOpened(0);
    h.expectOut(notation);
  });

  it('is the first packet, and the only one until CONNACK comes [MQTT-3.1.0-1]', () => {
    const h = new Harness();
    h.session.publish(content(0));
    h.session.subscribe([], []);
    h.session.transportOpened(0);
    h.session.publish(content(1));
    expect(h.sent()).toEqual(['connect']);
    expect(h.session.isConnected).toBe(false);
  });

  it('is a clean start again for a session that ends with its connection', () => {
    const h = new Harness().connect().drop();
    h.session.transportOpened(0);
    h.expectOut('10 {"MQTT" 05 02 003c {} "c"}');
  });

  it('is not a clean start any more once the broker keeps the session', () => {
    const h = new Harness({ properties: [EXPIRY] });
    h.session.transportOpened(0);
    h.out();
    h.drop();
    h.session.transportOpened(0);
    h.expectOut('10 {"MQTT" 05 02 003c {11 00000064} "c"}').in('20 {00 00 {}}');
    h.drop();
    h.session.transportOpened(0);
    h.expectOut('10 {"MQTT" 05 00 003c {11 00000064} "c"}');
  });

  it('uses the identifier that the server assigned when it comes back [MQTT-3.2.2-16]', () => {
    const h = new Harness({ clientId: '' }).connect('20 {00 00 {12 "auto-1"}}').drop();
    expect(h.session.clientId).toBe('auto-1');
    h.session.transportOpened(0);
    h.expectOut('10 {"MQTT" 05 02 003c {} "auto-1"}');
  });

  it('keeps an identifier of its own whatever the server assigns', () => {
    expect(new Harness().connect('20 {00 00 {12 "auto-1"}}').session.clientId).toBe('c');
  });

  it('cannot be sent twice on one transport', () => {
    const h = new Harness().connect();
    expect(() => h.session.transportOpened(0)).toThrow(TypeError);
  });
});

describe('CONNACK', () => {
  it('opens the session and is reported', () => {
    const h = new Harness().connect('20 {00 00 {21 0005}}');
    expect(h.plainEvents()).toEqual([
      {
        type: 'connected',
        packet: {
          type: 'connack',
          sessionPresent: false,
          code: 0,
          properties: [{ name: 'receive-maximum', value: 5 }],
        },
        lost: 0,
      },
    ]);
    expect(h.session.isConnected).toBe(true);
  });

  it.each([
    [3, '20 {00 05}', 5],
    [4, '20 {00 03}', 3],
    [5, '20 {00 87 {}}', 0x87],
    [5, '20 {00 01}', 0x84],
  ] as const)('v%i: that refuses is the end: %s', (version, notation, code) => {
    const h = new Harness({ version });
    h.session.publish(content(1));
    h.connect(notation);
    expect(h.events()).toMatchObject([{ type: 'refused', packet: { code } }]);
    h.expectOut('');
    expect(h.session.nextDeadline()).toBeUndefined();
    h.in(version === 5 ? '20 {00 00 {}}' : '20 {00 00}').at(1e9);
    expect(h.types()).toEqual([]);
    h.expectOut('');
    h.drop().connect();
    expect(h.sent()).toEqual(['publish 1']);
  });

  it('that does not come is a failure after the keepalive; after 60 s when that is off', () => {
    for (const keepAlive of [10, 0]) {
      const wait = keepAlive === 0 ? 60_000 : 10_000;
      const h = new Harness({ keepAlive });
      h.session.transportOpened(0);
      h.out();
      h.at(wait - 1);
      expect(h.types()).toEqual([]);
      h.at(wait);
      expect(h.events()).toEqual([{ type: 'failed', error: 'no-connack' }]);
      h.expectOut('');
    }
  });

  it('is waited for as long as we asked, whatever keepalive the server before had', () => {
    const h = new Harness().connect('20 {00 00 {13 0001}}').drop();
    h.events();
    h.session.transportOpened(0);
    h.at(59_999);
    expect(h.types()).toEqual([]);
    h.at(60_000);
    expect(h.types()).toEqual(['failed']);
  });

  it('with session present after a clean start is a protocol error [MQTT-3.2.2-2]', () => {
    const h = new Harness();
    h.connect('20 {01 00 {}}');
    h.expectFailed(0x82);
    h.expectOut('');
  });

  it('a second time is a protocol error [MQTT-3.2.0-2]', () => {
    const h = new Harness().connect().in('20 {00 00 {}}');
    h.expectOut('e0 {82}');
    h.expectFailed(0x82);
  });

  it.each(['c0 00', 'd0 00', '30 {"t" {} "x"}', '40 {0001}', 'e0 {}', '90 {0001 {} 00}'])(
    'comes before %s [MQTT-3.2.0-1]',
    (notation) => {
      const h = new Harness();
      h.session.transportOpened(0);
      h.out();
      h.in(notation).expectOut('');
      h.expectFailed(0x82);
    },
  );
});

describe('what a server must not send', () => {
  it.each([
    ['CONNECT', '10 {"MQTT" 05 02 003c {} "c"}', 0x82],
    ['CONNECT of an unknown level, whose own code a DISCONNECT cannot carry', '10 {"MQTT" 09 02 003c "c"}', 0x82],
    ['SUBSCRIBE', '82 {0001 {} "t" 00}', 0x82],
    ['UNSUBSCRIBE', 'a2 {0001 {} "t"}', 0x82],
    ['PINGREQ', 'c0 00', 0x82],
    ['packet type 0', '00 00', 0x81],
    ['PUBLISH at QoS 3', '36 {"t" 0001 {}}', 0x81],
    ['bytes after the end of a packet', '40 {0001 00 00 00}', 0x81],
    ['PUBLISH with a wildcard', '30 {"a/#" {}}', 0x90],
    ['a topic alias above the announced maximum', '30 {"t" {23 0001}}', 0x94],
  ])('%s: DISCONNECT with the reason, and the end [MQTT 5, 4.13]', (_, notation, code) => {
    const h = new Harness().connect();
    h.events();
    h.in(notation).expectOut(`e0 {${code.toString(16)}}`);
    expect(h.types()).toEqual(['failed']);
    h.in('d0 00').at(1e9);
    expect(h.types()).toEqual([]);
    h.expectOut('');
  });

  it('a packet larger than we announced: 0x95 [MQTT-3.1.2-24]', () => {
    const h = new Harness({ properties: [{ name: 'maximum-packet-size', value: 20 }] }).connect();
    h.in(`30 {"t" {} '${'x'.repeat(20)}'}`).expectOut('e0 {95}');
    h.expectFailed(0x95);
  });

  it('MQTT 3 has no way to say it: the connection ends without a word, so that the will is published', () => {
    const h = new Harness({ version: 4 }).connect().in('c0 00');
    h.expectOut('');
    h.expectFailed(0x82);
  });

  it('DISCONNECT in MQTT 3 [MQTT 3.1.1, 3.14]', () => {
    const h = new Harness({ version: 4 }).connect().in('e0 00');
    h.expectFailed(0x82);
  });

  it('packets before it in the same chunk are reported', () => {
    const h = new Harness().connect();
    h.session.publish(content(1));
    h.in('40 {0001} c0 00 40 {0001}');
    expect(h.types()).toEqual(['connected', 'published', 'failed']);
  });
});

describe('DISCONNECT', () => {
  it.each([
    ['plain', 0, [], 'e0 00'],
    ['with the will [MQTT 5, 3.14.2.1]', 4, [], 'e0 {04}'],
    ['with properties', 0, [{ name: 'session-expiry-interval', value: 7 } as const], 'e0 {00 {11 00000007}}'],
  ])('%s is the last packet [MQTT-3.14.4-1]', (_, code, disconnectProperties, notation) => {
    const h = new Harness({ disconnectProperties }).connect();
    h.in('32 {"t" 0001 {} "x"}');
    const [message] = h.messages();
    h.session.disconnect(code);
    h.session.acknowledge(message!.delivery);
    h.session.publish(content(0));
    h.session.subscribe([], []);
    h.session.disconnect(code);
    h.expectOut(notation);
    h.in('32 {"t" 0002 {} "x"}').at(1e9);
    expect(h.types()).toEqual([]);
    h.expectOut('');
  });

  it('leaves out words that the server has no room for, and nothing else [MQTT-3.14.2-3, 3.14.2-4]', () => {
    const disconnectProperties = [
      { name: 'session-expiry-interval', value: 7 },
      { name: 'reason-string', value: 'tired' },
      { name: 'user-property', value: ['a', 'b'] },
    ] as const;
    // e0 16 00 14 and three properties of 5, 8 and 7 bytes.
    const connack = (limit: string) => `20 {00 00 {27 000000${limit}}}`;
    const all = 'e0 {00 {11 00000007 1f "tired" 26 "a" "b"}}';
    for (const [limit, notation] of [
      ['18', all],
      ['17', 'e0 {00 {11 00000007}}'],
    ] as const) {
      const h = new Harness({ disconnectProperties }).connect(connack(limit));
      h.session.disconnect();
      h.expectOut(notation).drop().connect();
      h.session.disconnect();
      h.expectOut(all);
    }
  });

  it('is sent before CONNACK too: the broker may have accepted the client, with its will [MQTT-3.1.2-10]', () => {
    const h = new Harness();
    h.session.transportOpened(0);
    h.session.disconnect();
    expect(h.sent()).toEqual(['connect', 'disconnect']);
    h.in('20 {00 00 {}}');
    expect(h.types()).toEqual([]);
  });

  it('may cross the DISCONNECT of a broker that has rejected an earlier packet, which is still reported', () => {
    const h = new Harness().connect();
    h.session.publish(content(1));
    h.session.disconnect();
    h.out();
    h.events();
    h.in('32 {"t" 0002 {} "x"} e0 {00} e0 {87 {1f "not you"}} e0 {8b}');
    expect(h.plainEvents()).toEqual([
      {
        type: 'disconnected',
        packet: { type: 'disconnect', code: 0x87, properties: [{ name: 'reason-string', value: 'not you' }] },
      },
    ]);
    h.expectOut('');
  });

  it('has whatever else comes after it, and be it no packet, make no difference', () => {
    const h = new Harness().connect();
    h.session.disconnect();
    h.out();
    h.events();
    h.in('f7 e0 {87}').at(1e9);
    expect(h.types()).toEqual([]);
    h.expectOut('').drop().connect();
    expect(h.types()).toEqual(['connected']);
  });

  it('without a connection is nothing', () => {
    const h = new Harness();
    h.session.disconnect();
    h.expectOut('');
    h.connect();
    expect(h.types()).toEqual(['connected']);
  });

  it('of the broker ends the connection and is reported with its reason', () => {
    const h = new Harness().connect();
    h.events();
    h.in('e0 {8b {1f "night"}} 40 {0001}').expectOut('');
    expect(h.plainEvents()).toEqual([
      {
        type: 'disconnected',
        packet: { type: 'disconnect', code: 0x8b, properties: [{ name: 'reason-string', value: 'night' }] },
      },
    ]);
    expect(h.session.nextDeadline()).toBeUndefined();
    expect(h.session.isConnected).toBe(false);
  });
});

describe('AUTH', () => {
  const properties = [{ name: 'authentication-method', value: 'M' }] as const;

  it('is reported before and after CONNACK [MQTT 5, 4.12]', () => {
    const h = new Harness({ properties });
    h.session.transportOpened(0);
    h.out();
    h.in('f0 {18 {15 "M" 16 "?"}}');
    expect(h.types()).toEqual(['auth']);
    h.in('20 {00 00 {}} f0 {00 {15 "M"}}').expectOut('');
    expect(h.types()).toEqual(['connected', 'auth']);
  });

  it('that we did not ask for, or with another method, is a protocol error [MQTT-4.12.0-5, 4.12.0-6]', () => {
    for (const own of [[], properties]) {
      const h = new Harness({ properties: own }).connect().in('f0 {18 {15 "other"}}');
      h.expectFailed(0x82);
    }
  });

  it('does not exist in MQTT 3', () => {
    const h = new Harness({ version: 4 }).connect().in('f0 00');
    h.expectFailed(0x81);
  });
});

describe('trace', () => {
  it('reports every packet in both directions, with the number that a QoS 0 message counts as', () => {
    const traced = new Harness({ trace: true }).connect();
    traced.session.publish(content(0));
    traced.in('34 {"t" 0009 {} "x"}');
    traced.at(60_000);
    const reported = traced.events();
    for (const event of reported) if (event.type === 'message') traced.session.acknowledge(event.delivery);
    traced.in('62 {0009}');
    traced.session.disconnect();
    traced.in('d0 00 d0 00');
    const lines = [...reported, ...traced.events()].flatMap((event) =>
      event.type === 'trace' ? [`${event.direction} ${event.packet.type} ${event.mid ?? ''}`.trim()] : [],
    );
    expect(lines).toEqual([
      'sent connect',
      'received connack',
      'sent publish 1',
      'received publish',
      'sent pingreq',
      'sent pubrec',
      'received pubrel',
      'sent pubcomp',
      'sent pingreq',
      'received pingresp',
      'received pingresp',
      'sent disconnect',
    ]);
  });
});
