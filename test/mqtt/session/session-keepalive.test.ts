/**
 * Covers src/mqtt/session/keepalive.ts.
 */
import { describe, expect, it } from 'vitest';
import { content, Harness } from './harness.ts';

describe('the keepalive', () => {
  it('is a PINGREQ when nothing was sent for its length [MQTT-3.1.2-20]', () => {
    const h = new Harness().connect();
    h.at(59_999).expectOut('');
    h.at(60_000).expectOut('c0 00').in('d0 00');
    h.at(119_999).expectOut('');
    h.at(120_000).expectOut('c0 00');
  });

  it('counts from the last packet sent, not from the last received', () => {
    const h = new Harness().connect();
    h.at(50_000).in('30 {"t" {} "x"}').out();
    h.at(60_000).expectOut('c0 00').in('d0 00');
    h.at(100_000).session.publish(content(0));
    h.out();
    h.at(159_999).expectOut('');
    h.at(160_000).expectOut('c0 00');
  });

  it('leaves PINGRESP without an event, but for one that ping() has asked for', () => {
    const h = new Harness().connect();
    h.events();
    h.at(60_000).expectOut('c0 00').in('d0 00');
    expect(h.types()).toEqual([]);
    h.session.ping();
    h.expectOut('c0 00').in('d0 00').in('d0 00');
    expect(h.types()).toEqual(['pong']);
  });

  it('has the answer to ping() be that one, not the one to a PINGREQ before it', () => {
    const h = new Harness().connect();
    h.events();
    h.at(60_000).expectOut('c0 00');
    h.session.ping();
    h.expectOut('c0 00').in('d0 00');
    expect(h.types()).toEqual([]);
    h.in('d0 00');
    expect(h.types()).toEqual(['pong']);
  });

  it('and ping() are over with the connection', () => {
    const h = new Harness().connect();
    h.events();
    h.session.ping();
    h.out();
    h.session.transportClosed();
    h.session.ping();
    h.expectOut('');
    h.connect().in('d0 00');
    expect(h.types()).not.toContain('pong');
  });

  it.each([
    [5, 5000],
    [60, 60_000],
    [0, 60_000],
    [65_535, 60_000],
  ])('of %i s waits for CONNACK no longer than a minute', (keepAlive, deadline) => {
    const h = new Harness({ keepAlive });
    h.session.transportOpened(0);
    expect(h.session.nextDeadline()).toBe(deadline);
  });

  it('is off at 0', () => {
    const h = new Harness({ keepAlive: 0 }).connect();
    expect(h.session.nextDeadline()).toBeUndefined();
  });

  it.each([
    ['13 0005', 5000],
    ['13 0000', undefined],
  ])('is the server’s when CONNACK has one: %s [MQTT-3.1.2-21]', (notation, deadline) => {
    const h = new Harness().connect(`20 {00 00 {${notation}}}`);
    expect(h.session.nextDeadline()).toBe(deadline);
  });

  it('fails without PINGRESP one and a half times its length after the last packet', () => {
    const h = new Harness().connect();
    h.events();
    h.at(60_000).expectOut('c0 00');
    h.at(89_999).expectOut('');
    expect(h.types()).toEqual([]);
    h.at(90_000);
    expect(h.events()).toEqual([{ type: 'failed', error: 'no-pingresp' }]);
    // 0x8d, Keep Alive timeout, is for servers to say [MQTT 5, 3.14.2.1].
    h.expectOut('e0 {80}');
    expect(h.session.nextDeadline()).toBeUndefined();
  });

  it('takes anything that comes as a sign of life while it waits', () => {
    const h = new Harness().connect();
    h.at(60_000).expectOut('c0 00');
    h.at(80_000).in('30 {"t" {} "x"}');
    h.at(109_999);
    expect(h.types()).toEqual(['connected', 'message']);
    h.at(110_000);
    expect(h.types()).toEqual(['failed']);
  });

  it('is not kept alive by our own sending', () => {
    const h = new Harness().connect();
    h.at(60_000).out();
    for (let now = 60_000; now < 90_000; now += 1000) {
      h.at(now).session.publish(content(0));
      h.out();
    }
    h.at(90_000);
    expect(h.types().at(-1)).toBe('failed');
  });

  it('goes on while reading is paused, and expects no PINGRESP meanwhile', () => {
    const h = new Harness().connect();
    h.events();
    h.session.setReading(false, 0);
    for (let round = 1; round <= 10; round++) h.at(round * 60_000).expectOut('c0 00');
    expect(h.types()).toEqual([]);
    h.session.setReading(true, h.now);
    h.at(659_999).expectOut('');
    h.at(660_000).expectOut('c0 00');
    h.at(690_000);
    expect(h.types()).toEqual(['failed']);
  });

  it('restarts its wait for a PINGRESP that was due before the pause when reading resumes', () => {
    const h = new Harness().connect();
    h.events();
    h.at(60_000).expectOut('c0 00');
    h.session.setReading(false, h.now);
    h.session.setReading(false, h.now);
    h.at(100_000);
    h.session.setReading(true, h.now);
    h.at(129_999);
    expect(h.types()).toEqual([]);
    h.at(130_000);
    expect(h.types()).toEqual(['failed']);
  });

  it('does not wait for a PINGRESP that came in spite of the pause', () => {
    const h = new Harness().connect();
    h.at(60_000).expectOut('c0 00');
    h.session.setReading(false, h.now);
    h.in('d0 00');
    h.session.setReading(true, h.now);
    h.at(119_999).expectOut('');
    expect(h.types()).toEqual(['connected']);
  });

  it('does not carry a missing PINGRESP into the next connection', () => {
    const h = new Harness().connect();
    h.at(60_000).expectOut('c0 00');
    h.session.setReading(false, h.now);
    h.drop();
    h.session.setReading(true, h.now);
    expect(h.session.nextDeadline()).toBeUndefined();
    h.connect();
    expect(h.session.nextDeadline()).toBe(120_000);
  });
});

describe('the limit of an answer', () => {
  it('is not moved by single bytes of a packet that never ends', () => {
    const h = new Harness().connect();
    h.at(60_000).expectOut('c0 00');
    h.in('30 ff ff ff 7f');
    for (let now = 60_000; now < 90_000; now += 2000) h.at(now).in('00');
    h.at(90_000);
    expect(h.types().at(-1)).toBe('failed');
  });

  it('is moved by each kibibyte of a long packet, however they are cut', () => {
    const h = new Harness().connect();
    h.at(60_000).expectOut('c0 00');
    h.in('30 ff ff ff 7f');
    const piece = Buffer.alloc(256).toString('hex');
    for (let now = 60_000; now < 180_000; now += 5000) h.at(now).in(piece);
    expect(h.types()).toEqual(['connected']);
    h.at(250_000);
    expect(h.types()).toEqual(['failed']);
  });

  it('begins again when bytes of ours have moved', () => {
    const h = new Harness().connect();
    h.at(60_000).expectOut('c0 00');
    expect(h.session.limit).toBe(90_000);
    h.session.progressed(89_000);
    expect(h.session.limit).toBe(119_000);
    h.in('d0 00');
    expect(h.session.limit).toBe(Infinity);
    h.session.progressed(90_000);
    expect(h.session.limit).toBe(Infinity);
  });

  it('begins again for CONNACK too', () => {
    const h = new Harness();
    h.session.transportOpened(0);
    expect(h.session.limit).toBe(60_000);
    h.session.progressed(50_000);
    expect(h.session.limit).toBe(110_000);
  });

  it('of a ping() pauses while the owner does not read', () => {
    const h = new Harness().connect();
    h.session.setReading(false, h.now);
    h.session.ping();
    h.expectOut('c0 00');
    expect(h.session.limit).toBe(Infinity);
    h.session.setReading(true, 5000);
    expect(h.session.limit).toBe(35_000);
  });

  it('of a question begins again with each packet that answers one of ours: what was asked lies behind it', () => {
    const h = new Harness().connect();
    for (let i = 0; i < 20; i++) h.session.publish(content(2));
    h.session.ping();
    h.out();
    for (let i = 1; i <= 20; i++) h.at(i * 20_000).in(`50 {00${i.toString(16).padStart(2, '0')}} d0 00`.slice(0, 9));
    expect(h.types()).toEqual(['connected']);
    expect(h.session.limit).toBe(430_000);
  });

  it('of a ping() is not extended by messages without a subscription, or acknowledgements of nothing', () => {
    const h = new Harness().connect();
    h.session.ping();
    h.out();
    for (let now = 0; now < 30_000; now += 1000) h.at(now).in('30 {"t" {} "x"} 40 {0009}');
    h.at(30_000);
    expect(h.types().at(-1)).toBe('failed');
  });

  it('of a question is moved by messages in a session that has subscribed', () => {
    const h = new Harness().connect();
    h.session.subscribe([], []);
    h.session.ping();
    h.out();
    for (let now = 1000; now < 100_000; now += 1000) h.at(now).in('30 {"t" {} "x"}').out();
    expect(h.types()).not.toContain('failed');
  });
});
