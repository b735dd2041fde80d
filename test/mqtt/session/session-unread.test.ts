import { describe, expect, it } from 'vitest';
import { content, Harness } from './harness.ts';

describe('what was sent at QoS 0', () => {
  it('counts as read when the server has answered a PINGREQ sent after it, not one sent before', () => {
    const h = new Harness().connect();
    expect(h.session.hasUnread).toBe(false);
    h.session.ping();
    h.session.publish(content(0));
    h.in('d0 00');
    expect(h.session.hasUnread).toBe(true);
    h.session.ping();
    h.in('d0 00');
    expect(h.session.hasUnread).toBe(false);
  });

  it('does not count as read by the answer to a PINGREQ of the keepalive before it', () => {
    const h = new Harness().connect();
    h.at(60_000).out();
    h.session.publish(content(0));
    h.session.disconnect();
    expect(h.sent()).toEqual(['publish 0', 'pingreq']);
    h.in('d0 00');
    h.expectOut('');
    h.in('d0 00');
    expect(h.sent()).toEqual(['disconnect']);
  });

  it('is not asked about when nothing of it was sent: refused here, or at QoS 1', () => {
    const h = new Harness().connect('20 {00 00 {25 00}}');
    h.session.publish({ ...content(0), retain: true });
    h.session.publish(content(1));
    h.out();
    h.session.disconnect();
    expect(h.sent()).toEqual(['disconnect']);
  });

  it('is asked about by 3.1 and 3.1.1 as well', () => {
    for (const version of [3, 4] as const) {
      const h = new Harness({ version }).connect();
      h.session.publish(content(0));
      h.session.disconnect();
      expect(h.sent()).toEqual(['publish 0', 'pingreq']);
      h.in('d0 00');
      expect(h.sent()).toEqual(['disconnect']);
    }
  });

  it('stays unread when the server ends the connection, and also when it says why', () => {
    for (const end of ['e0 {00}', '']) {
      const h = new Harness().connect();
      h.session.publish(content(0));
      h.session.disconnect();
      h.out();
      h.in(end).drop();
      expect(h.session.hasUnread).toBe(true);
      h.connect();
      expect(h.session.hasUnread).toBe(false);
    }
  });
});

describe('isSettled', () => {
  it('is false as long as either side owes the other something', () => {
    const h = new Harness().connect();
    expect(h.session.isSettled).toBe(true);
    h.session.publish(content(1));
    h.out();
    expect(h.session.isSettled).toBe(false);
    h.in('40 {0001}');
    expect(h.session.isSettled).toBe(true);
    h.session.publish(content(0));
    expect(h.session.isSettled).toBe(false);
    h.session.ping();
    h.in('d0 00');
    expect(h.session.isSettled).toBe(true);
  });

  it('is false from the first message of a server on, and from the first subscription on', () => {
    const h = new Harness().connect();
    h.in('30 {"t" {} "x"}');
    expect(h.session.isSettled).toBe(false);
    const other = new Harness().connect();
    other.session.unsubscribe(['a'], []);
    expect(other.session.isSettled).toBe(false);
  });
});
