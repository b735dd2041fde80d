/** What a session reports to its store, and how it continues when the store has state of an earlier run. */
import { describe, expect, it } from 'vitest';
import type { SavedFlights, SavedPublish } from '../../../src/mqtt/session/inflight-store.ts';
import { content, Harness, MemoryStore } from './harness.ts';

describe('with a store', () => {
  const state = (...flights: SavedPublish[]): SavedFlights => ({ lastPacketId: 3, flights });
  const saved = (packetId: number, qos: 1 | 2, payload: string, rest: Partial<SavedPublish> = {}): SavedPublish => ({
    ...content(qos, { payload: Buffer.from(payload) }),
    packetId,
    released: false,
    ...rest,
  });
  const EARLIER = [
    saved(3, 2, 'c', { retain: true, released: true }),
    saved(1, 2, 'a'),
    saved(2, 1, 'b', { properties: [{ name: 'content-type', value: 'T' }] }),
  ];

  it('continues QoS 1 and QoS 2 flows towards the server, with the same identifiers and tokens in order', () => {
    const store = new MemoryStore(state(...EARLIER));
    const next = new Harness({ clean: false, store });
    expect(next.session.publish(content(1))).toBe(4);
    next.session.transportOpened(0);
    next.expectOut('10 {"MQTT" 05 00 003c {} "c"}').in('20 {01 00 {}}');
    next.expectOut(`62 {0003} 3c {"t" 0001 {} 'a'} 3a {"t" 0002 {03 "T"} 'b'} 32 {"t" 0004 {} 'x'}`);
    next.in('70 {0003} 50 {0001} 40 {0002}');
    next.session.release();
    next.in('70 {0001} 40 {0004}');
    const outcomes = next.events().flatMap((event) => (event.type === 'published' ? [event.token] : []));
    expect(outcomes).toEqual([1, 3, 2, 4]);
  });

  it('reports a session that the broker has lost', () => {
    const next = new Harness({ clean: false, store: new MemoryStore(state(saved(1, 1, 'a'))) });
    next.connect();
    expect(next.events()).toMatchObject([{ type: 'connected', lost: 1 }]);
    expect(next.sent()).toEqual(['publish 1 dup']);
  });

  it('reports each step to the store at once, before the bytes are sent', () => {
    const store = new MemoryStore();
    const h = new Harness({ clean: false, store, maxInflight: 10 }).connect();
    h.out();
    const reported = (): string[] => store.reported.splice(0);
    expect(reported()).toEqual(['load', 'restarted']);
    for (const qos of [2, 1, 0, 2] as const) h.session.publish(content(qos));
    expect(reported()).toEqual(['sending 1', 'sending 2', 'sending 4']);
    expect(h.sent()).toEqual(['publish 1', 'publish 2', 'publish 0', 'publish 4']);
    h.in('50 {0001} 40 {0002} 50 {0004 80} 50 {0001}');
    expect(reported()).toEqual(['received 1', 'settled 2 0', 'settled 4 128', 'released 1']);
    h.session.release();
    expect([store.committed, reported()]).toEqual([{ lastPacketId: 4, window: 10 }, ['released 1']]);
    h.session.ping();
    h.in('d0 00 70 {0001}');
    expect(reported()).toEqual(['pong', 'settled 1 0']);
  });

  it('reports to the store what is sent again, and that the broker has lost the session', () => {
    const store = new MemoryStore(state(...EARLIER));
    const h = new Harness({ clean: false, store }).resume();
    expect(store.reported.splice(0)).toEqual(['load', 'released 3', 'sending 1 again', 'sending 2 again']);
    h.drop().connect();
    expect(store.reported.splice(0)).toEqual(['restarted', 'sending 3 again', 'sending 1 again', 'sending 2 again']);
  });

  it('reports to the store that a message the broker cannot accept was not sent', () => {
    const store = new MemoryStore();
    const h = new Harness({ clean: false, store }).connect('20 {00 00 {24 01}}');
    h.session.publish(content(2));
    expect(store.reported.slice(2)).toEqual(['sending 1', `settled 1 ${0x9b}`]);
  });

  it('lets nothing leave that it cannot keep', () => {
    const store = new MemoryStore();
    const h = new Harness({ clean: false, store }).connect();
    h.session.publish(content(2));
    store.isBroken = true;
    h.expectOut('');
    store.isBroken = false;
    h.expectOut(`34 {"t" 0001 {} 'x'}`);
  });
});
