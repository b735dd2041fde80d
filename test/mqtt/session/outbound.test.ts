import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../../src/mqtt/session/events.ts';
import { content, Harness, MemoryStore } from './harness.ts';

const VERSIONS = [3, 4, 5] as const;

/** A PUBLISH of content() in notation; `first` is its first byte in hex. */
function publish(version: 3 | 4 | 5, first: string, packetId?: number): string {
  const id = packetId === undefined ? '' : packetId.toString(16).padStart(4, '0');
  return `${first} {"t" ${id} ${version === 5 ? '{}' : ''} 'x'}`;
}

function published(events: readonly SessionEvent[]): { token: number; code: number; local: boolean }[] {
  return events.flatMap((event) =>
    event.type === 'published' ? [{ token: event.token, code: event.code, local: event.local }] : [],
  );
}

const ok = (token: number) => ({ token, code: 0, local: false });

describe.each(VERSIONS)('v%i: a publish', (version) => {
  it('at QoS 0 is out at once and has its outcome [MQTT-4.3.1-1]', () => {
    const h = new Harness({ version }).connect();
    h.events();
    const token = h.session.publish(content(0));
    h.expectOut(publish(version, '30'));
    expect(published(h.events())).toEqual([ok(token)]);
    expect(h.session.isQuiet).toBe(true);
  });

  it('at QoS 1 ends with its PUBACK [MQTT-4.3.2-1 to 4.3.2-4]', () => {
    const h = new Harness({ version }).connect();
    h.events();
    const token = h.session.publish(content(1));
    h.expectOut(publish(version, '32', 1));
    expect(h.types()).toEqual([]);
    expect(h.session.isQuiet).toBe(false);
    h.in('40 {0001}');
    expect(h.plainEvents()).toEqual([{ type: 'published', token, packetId: 1, code: 0, local: false }]);
    expect(h.session.isQuiet).toBe(true);
    h.expectOut('');
  });

  it('at QoS 2 ends with its PUBCOMP [MQTT-4.3.3-1 to 4.3.3-7]', () => {
    const h = new Harness({ version }).connect();
    h.events();
    const token = h.session.publish(content(2));
    h.expectOut(publish(version, '34', 1));
    h.in('50 {0001}').expectOut('62 {0001}');
    expect(h.types()).toEqual([]);
    h.in('70 {0001}').expectOut('');
    expect(published(h.events())).toEqual([ok(token)]);
  });

  it('goes out again after a break: PUBREL first, then PUBLISH with DUP, ids and order kept [MQTT-4.4.0-1]', () => {
    const h = new Harness({ version, clean: false }).connect();
    h.events();
    for (const qos of [1, 2, 2, 1, 2] as const) h.session.publish(content(qos));
    h.out();
    h.in('50 {0005} 50 {0002}').expectOut('62 {0005} 62 {0002}');
    h.drop().resume();
    expect(h.sent()).toEqual(['pubrel 5', 'pubrel 2', 'publish 1 dup', 'publish 3 dup', 'publish 4 dup']);
    h.in('70 {0002} 70 {0005} 40 {0004} 40 {0001} 50 {0003}').expectOut('62 {0003}');
    h.in('70 {0003}');
    expect(published(h.events())).toEqual([2, 5, 4, 1, 3].map(ok));
  });

  it('acknowledged again after its end changes nothing', () => {
    const h = new Harness({ version }).connect();
    h.session.publish(content(1));
    h.session.publish(content(2));
    h.in('40 {0001} 50 {0002} 70 {0002}');
    h.out();
    h.events();
    h.in('40 {0001} 70 {0002} 70 {0009} 40 {0009}').expectOut('');
    expect(h.types()).toEqual([]);
  });

  it('with a store: PUBREL leaves at release(), in the order of the PUBREC packets, and PUBLISH meanwhile', () => {
    const h = new Harness({ version, clean: false, store: new MemoryStore(), maxInflight: 2 }).connect();
    for (let i = 0; i < 3; i++) h.session.publish(content(2));
    h.out();
    h.in('50 {0002} 50 {0001}').expectOut('');
    h.session.release();
    h.expectOut('62 {0002} 62 {0001}');
    h.session.release();
    h.expectOut('');
    h.in('70 {0002}').expectOut(publish(version, '34', 3));
    h.in('50 {0003}').expectOut('');
    // The break sends it anyway [MQTT-4.4.0-1].
    h.drop().resume();
    expect(h.sent()).toEqual(['pubrel 1', 'pubrel 3']);
    h.session.release();
    h.expectOut('');
  });

  it('that takes a PUBREC again says PUBREL again', () => {
    const h = new Harness({ version }).connect();
    h.session.publish(content(2));
    h.out();
    h.in('50 {0001} 50 {0001}').expectOut('62 {0001} 62 {0001}');
    h.in('70 {0001}');
    expect(published(h.events())).toEqual([ok(1)]);
  });
});

describe('an acknowledgement of the wrong kind', () => {
  it.each([
    ['PUBACK for QoS 2', 2, '40 {0001}'],
    ['PUBREC for QoS 1', 1, '50 {0001}'],
  ] as const)('%s is a protocol error', (_, qos, notation) => {
    const h = new Harness().connect();
    h.session.publish(content(qos));
    h.out();
    h.in(notation).expectOut('e0 {82}');
    h.expectFailed(0x82);
  });

  it('does not settle the message, which goes out again [MQTT-4.4.0-1]', () => {
    const h = new Harness({ clean: false }).connect();
    h.session.publish(content(2));
    h.in('40 {0001}');
    expect(published(h.events())).toEqual([]);
    h.drop().resume();
    expect(h.sent()).toEqual(['publish 1 dup']);
  });

  it('PUBREC for an unknown identifier: PUBREL with 0x92 [MQTT 5, 4.3.3, 3.6.2.1]', () => {
    new Harness().connect().in('50 {0007}').expectOut('62 {0007 92}');
    new Harness({ version: 4 }).connect().in('50 {0007}').expectOut('62 {0007}');
  });

  it('PUBREC with an error for an unknown identifier is not answered [MQTT 5, 4.3.3]', () => {
    new Harness().connect().in('50 {0007 80}').expectOut('');
  });
});

describe('a refusal', () => {
  it('in PUBACK is the outcome, with its reason string', () => {
    const h = new Harness().connect();
    h.events();
    h.session.publish(content(1));
    h.in('40 {0001 87 {1f "not you"}}');
    expect(h.plainEvents()).toEqual([
      { type: 'published', token: 1, packetId: 1, code: 0x87, reason: 'not you', local: false },
    ]);
  });

  it('in PUBREC ends the flow: no PUBREL, and the identifier is free again [MQTT-4.3.3-4]', () => {
    const h = new Harness({ maxInflight: 1 }).connect();
    h.session.publish(content(2));
    h.session.publish(content(2));
    expect(h.sent()).toEqual(['publish 1']);
    h.in('50 {0001 97}');
    expect(h.sent()).toEqual(['publish 2']);
    expect(published(h.events())).toEqual([{ token: 1, code: 0x97, local: false }]);
    h.drop().connect();
    expect(h.sent()).toEqual(['publish 2 dup']);
  });

  it.each([
    [1, '40 {0001 95}'],
    [2, '50 {0001 95}'],
  ] as const)('with 149 of Mosquitto, beyond the standard, at QoS %i leaves the session open', (qos, wire) => {
    const h = new Harness({ maxInflight: 1 }).connect();
    h.session.publish(content(qos));
    h.session.publish(content(1));
    h.in(wire);
    expect(h.sent()).toEqual(['publish 1', 'publish 2']);
    h.in('40 {0002}');
    expect(published(h.events())).toEqual([
      { token: 1, code: 149, local: false },
      { token: 2, code: 0, local: false },
    ]);
  });

  it('PUBACK with 0x10, no matching subscribers, is not a refusal and is reported unchanged', () => {
    const h = new Harness().connect();
    h.session.publish(content(1));
    h.in('40 {0001 10}');
    expect(published(h.events())).toEqual([{ token: 1, code: 0x10, local: false }]);
  });

  it('PUBCOMP with 0x92 is a refusal where PUBREC came on the same connection: the message is lost [MQTT 5, 3.7.2.1]', () => {
    const h = new Harness().connect();
    h.session.publish(content(2));
    h.in('50 {0001}').in('70 {0001 92}');
    expect(published(h.events())).toEqual([{ token: 1, code: 0x92, local: false }]);
  });

  it('PUBCOMP with 0x92 is success: the flow was completed before the connection broke', () => {
    const h = new Harness({ clean: false }).connect();
    h.session.publish(content(2));
    h.in('50 {0001}');
    h.drop().resume().in('70 {0001 92}');
    expect(published(h.events())).toEqual([ok(1)]);
  });
});

describe('the window', () => {
  it.each([
    [3, 65_535, 3],
    [20, 2, 2],
    [1, 1, 1],
  ])('-M %i with a receive maximum of %i has %i in flight [MQTT-3.3.4-7]', (maxInflight, receiveMaximum, most) => {
    const limit = receiveMaximum.toString(16).padStart(4, '0');
    const h = new Harness({ maxInflight }).connect(`20 {00 00 {21 ${limit}}}`);
    for (let i = 0; i < 10; i++) {
      expect(h.session.canPublish(1)).toBe(i < most);
      h.session.publish(content(i % 2 === 0 ? 1 : 2));
    }
    expect(h.sent()).toHaveLength(most);
    expect(h.session.waiting).toBe(10 - most);
  });

  it('opens with PUBACK, with PUBCOMP, and with a refusing PUBREC; not with PUBREC [MQTT 5, 4.9]', () => {
    const h = new Harness({ maxInflight: 1 }).connect();
    for (const qos of [1, 2, 2, 1] as const) h.session.publish(content(qos));
    expect(h.sent()).toEqual(['publish 1']);
    h.in('40 {0001}');
    expect(h.sent()).toEqual(['publish 2']);
    h.in('50 {0002}');
    expect(h.sent()).toEqual(['pubrel 2']);
    h.in('70 {0002}');
    expect(h.sent()).toEqual(['publish 3']);
    h.in('50 {0003 80}');
    expect(h.sent()).toEqual(['publish 4']);
  });

  it('lets QoS 0 through when it is full, but not past messages that wait', () => {
    const h = new Harness({ maxInflight: 1 }).connect();
    h.session.publish(content(1));
    expect([h.session.canPublish(0), h.session.canPublish(1)]).toEqual([true, false]);
    h.session.publish(content(1));
    expect(h.session.canPublish(0)).toBe(false);
    h.session.publish(content(0));
    expect(h.sent()).toEqual(['publish 1']);
    h.in('40 {0001}');
    expect(h.sent()).toEqual(['publish 2', 'publish 0']);
  });

  it('holds on resume too, also when the receive maximum has become smaller; nothing new overtakes [MQTT-4.6.0-1]', () => {
    const h = new Harness({ clean: false }).connect();
    for (let i = 0; i < 4; i++) h.session.publish(content(i === 3 ? 2 : 1));
    h.out();
    h.in('50 {0004}');
    h.out();
    h.drop();
    h.session.publish(content(1));
    h.connect('20 {01 00 {21 0002}}');
    expect(h.sent()).toEqual(['pubrel 4', 'publish 1 dup']);
    expect(h.session.canPublish(0)).toBe(false);
    h.in('40 {0001}');
    expect(h.sent()).toEqual(['publish 2 dup']);
    h.in('70 {0004}');
    expect(h.sent()).toEqual(['publish 3 dup']);
    h.in('40 {0003}');
    expect(h.sent()).toEqual(['publish 5']);
  });

  it('survives a second break in the middle of sending again, with the order kept', () => {
    const h = new Harness({ clean: false }).connect();
    for (let i = 0; i < 5; i++) h.session.publish(content(1));
    h.out();
    h.drop().connect('20 {01 00 {21 0002}}');
    expect(h.sent()).toEqual(['publish 1 dup', 'publish 2 dup']);
    h.in('40 {0002}');
    expect(h.sent()).toEqual(['publish 3 dup']);
    h.drop().resume();
    expect(h.sent()).toEqual(['publish 1 dup', 'publish 3 dup', 'publish 4 dup', 'publish 5 dup']);
    h.in('40 {0001} 40 {0003} 40 {0004} 40 {0005}');
    expect(
      published(h.events())
        .map(({ token }) => token)
        .sort(),
    ).toEqual([1, 2, 3, 4, 5]);
    expect(h.session.isQuiet).toBe(true);
  });

  it('is closed without a connection, and what is published then goes out in order after CONNACK', () => {
    const h = new Harness();
    expect(h.session.canPublish(0)).toBe(false);
    h.session.publish(content(1));
    h.session.publish(content(0));
    h.session.transportOpened(0);
    expect(h.sent()).toEqual(['connect']);
    h.session.publish(content(2));
    expect(h.sent()).toEqual([]);
    h.in('20 {00 00 {}}');
    expect(h.sent()).toEqual(['publish 1', 'publish 0', 'publish 3']);
  });

  it('gives every one of 200,000 publishes an identifier of its own while in flight, with acks out of order', () => {
    const h = new Harness({ maxInflight: 500, version: 4 }).connect();
    h.events();
    const TOTAL = 200_000;
    const open: number[] = [];
    const inUse = new Set<number>();
    const outcomes = new Uint8Array(TOTAL + 1);
    const message = content(1, { payload: Buffer.alloc(0) });
    let sent = 0;
    let seed = 1;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    let settled = 0;
    while (settled < TOTAL) {
      while (sent < TOTAL && h.session.canPublish(1)) {
        h.session.publish(message);
        sent++;
      }
      const out = h.raw();
      // Each is 32 05 00 01 't' and the identifier.
      for (let at = 0; at < out.length; at += 7) {
        const id = out.readUInt16BE(at + 5);
        if (id === 0 || inUse.has(id)) throw new Error(`identifier ${id} is in use`);
        inUse.add(id);
        open.push(id);
      }
      const acks = Buffer.alloc(4 * Math.min(open.length, 1 + random(300)));
      for (let at = 0; at < acks.length; at += 4) {
        const place = random(open.length);
        const id = open[place]!;
        open[place] = open.at(-1)!;
        open.pop();
        inUse.delete(id);
        acks.writeUInt32BE(0x40020000 + id, at);
      }
      h.session.receive(acks, 0);
      for (const event of h.events()) {
        if (event.type !== 'published') throw new Error(event.type);
        outcomes[event.token]!++;
        settled++;
      }
    }
    expect(outcomes.subarray(1).every((count) => count === 1)).toBe(true);
    expect(h.session.isQuiet).toBe(true);
  });
});

describe('a session that the server lost', () => {
  it('has everything sent again, PUBREL as a PUBLISH, first things first, and says so once', () => {
    const h = new Harness({ clean: false, properties: [{ name: 'session-expiry-interval', value: 100 }] }).connect();
    h.session.publish(content(2));
    h.session.publish(content(2));
    h.session.publish(content(1));
    h.in('50 {0001}');
    h.out();
    h.events();
    h.drop().connect();
    expect(h.sent()).toEqual(['publish 1 dup', 'publish 2 dup', 'publish 3 dup']);
    expect(h.events()).toMatchObject([{ type: 'connected', lost: 3 }]);
    h.in('50 {0001} 50 {0002} 40 {0003} 70 {0001} 70 {0002}');
    expect(published(h.events())).toEqual([3, 1, 2].map(ok));
  });

  it('is not reported as lost when nothing was in flight, on the first connection, or after a clean start', () => {
    const h = new Harness({ clean: false });
    h.session.publish(content(1));
    h.connect();
    expect(h.events()).toMatchObject([{ type: 'connected', lost: 0 }]);
    h.in('40 {0001}');
    h.drop().connect();
    expect(h.events().at(-1)).toMatchObject({ type: 'connected', lost: 0 });
    const clean = new Harness().connect();
    clean.session.publish(content(1));
    clean.events();
    clean.drop().connect();
    expect(clean.events()).toMatchObject([{ type: 'connected', lost: 0 }]);
    expect(clean.sent()).toEqual(['publish 1 dup']);
  });

  it('is taken as kept by MQTT 3.1, whose CONNACK cannot say it, but for a clean session', () => {
    const kept = new Harness({ version: 3, clean: false }).connect();
    kept.session.publish(content(2));
    kept.in('50 {0001}');
    kept.out();
    kept.events();
    kept.drop().connect('20 {00 00}').expectOut('62 {0001}');
    expect(kept.events()).toMatchObject([{ type: 'connected', lost: 0 }]);
    const clean = new Harness({ version: 3 }).connect();
    clean.session.publish(content(2));
    clean.in('50 {0001}');
    clean.out();
    clean.drop().connect('20 {00 00}');
    expect(clean.sent()).toEqual(['publish 1 dup']);
  });
});

describe('what the server cannot take', () => {
  it.each([
    ['QoS above its maximum [MQTT-3.2.2-11]', '24 00', content(1), 0x9b],
    ['QoS 2 above its maximum [MQTT-3.2.2-11]', '24 01', content(2), 0x9b],
    ['retained [MQTT-3.2.2-14]', '25 00', content(0, { retain: true }), 0x9a],
    ['too large, QoS 0 [MQTT-3.2.2-15]', '27 00000006', content(0), 0x95],
    ['too large, QoS 1 [MQTT-3.2.2-15]', '27 00000008', content(1), 0x95],
  ])('is refused before it is sent: %s', (_, limit, message, code) => {
    const h = new Harness().connect(`20 {00 00 {${limit}}}`);
    h.events();
    h.session.publish(message);
    h.expectOut('');
    expect(h.plainEvents()).toEqual([{ type: 'published', token: 1, packetId: 1, code, local: true }]);
    expect(h.session.isQuiet).toBe(true);
  });

  it('is measured to the byte', () => {
    const h = new Harness().connect('20 {00 00 {27 00000007}}');
    h.session.publish(content(0));
    h.expectOut(`30 {"t" {} 'x'}`);
  });

  it('larger than MQTT can say is refused without any limit of the server [MQTT 3.1.1, 2.2.3]', () => {
    const h = new Harness({ version: 4 }).connect();
    // 2 bytes of length, 1 of topic, 2 of identifier.
    const payload = new Uint8Array(268_435_455 - 5 + 1);
    h.session.publish(content(1, { payload }));
    expect(published(h.events())).toEqual([{ token: 1, code: 0x95, local: true }]);
    h.session.publish(content(1, { payload: payload.subarray(1) }));
    expect(h.raw().subarray(0, 5).toString('hex')).toBe('32ffffff7f');
    expect(h.session.isQuiet).toBe(false);
  });

  it.each([
    ['24 01', content(2), 0x9b],
    ['25 00', content(1, { retain: true }), 0x9a],
    ['27 00000008', content(1), 0x95],
  ])('is not sent again either, when the server that comes back says %s', (limit, message, code) => {
    const h = new Harness({ clean: false }).connect();
    h.session.publish(message);
    h.session.publish(content(0));
    h.out();
    h.events();
    h.drop().connect(`20 {00 00 {${limit}}}`);
    expect(h.sent()).toEqual([]);
    expect(published(h.events())).toEqual([{ token: 1, code, local: true }]);
    expect(h.session.isQuiet).toBe(true);
    h.drop().connect();
    expect(h.sent()).toEqual([]);
  });

  it('does not hold up the messages after it', () => {
    const h = new Harness({ maxInflight: 1 });
    h.session.publish(content(2));
    h.session.publish(content(1));
    h.session.publish(content(2));
    h.session.publish(content(1));
    h.connect('20 {00 00 {24 01}}');
    expect(h.sent()).toEqual(['publish 2']);
    h.in('40 {0002}');
    expect(h.sent()).toEqual(['publish 4']);
    h.in('40 {0004}');
    expect(
      published(h.events())
        .map(({ token }) => token)
        .sort(),
    ).toEqual([1, 2, 3, 4]);
  });
});

describe('a payload', () => {
  it('is on the wire as it is, small or of many blocks, with the packets around it in order', () => {
    const h = new Harness({ version: 4 }).connect();
    const sizes = [0, 1, 127, 128, 16_383, 65_535, 65_536, 1_000_000, 3];
    sizes.forEach((size, i) => void h.session.publish(content(1, { payload: Buffer.alloc(size, i) })));
    const packets = h.packets();
    expect(packets.map((packet) => (packet.type === 'publish' ? packet.payload.length : -1))).toEqual(sizes);
    packets.forEach((packet, i) => {
      if (packet.type === 'publish') expect(packet.payload.every((byte) => byte === i)).toBe(true);
    });
  });
});
