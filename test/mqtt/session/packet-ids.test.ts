import { describe, expect, it } from 'vitest';
import { PacketIds } from '../../../src/mqtt/session/packet-ids.ts';

describe('packet identifiers', () => {
  it('count up from 1 and never are 0 [MQTT-2.2.1-3]', () => {
    const ids = new PacketIds();
    expect([ids.take(), ids.take(), ids.pass(), ids.take()]).toEqual([1, 2, 3, 4]);
    expect(ids.last).toBe(4);
  });

  it('wrap from 65,535 to 1', () => {
    const ids = new PacketIds();
    ids.last = 65_534;
    expect([ids.take(), ids.take(), ids.take()]).toEqual([65_535, 1, 2]);
  });

  it.each([0, 1, 2, 65_534, 65_535, 65_536, 200_000])('%i passed at once are as many passed one by one', (count) => {
    for (const last of [0, 1, 40_000, 65_534, 65_535]) {
      const [once, one] = [new PacketIds(), new PacketIds()];
      once.last = one.last = last;
      once.passMany(count);
      for (let i = 0; i < count; i++) one.pass();
      expect(once.last).toBe(one.last);
    }
  });

  it('skip those in use [MQTT-2.2.1-3]', () => {
    const ids = new PacketIds();
    ids.reserve(2);
    ids.reserve(3);
    expect([ids.take(), ids.take()]).toEqual([1, 4]);
    ids.release(2);
    ids.last = 65_535;
    expect([ids.take(), ids.take()]).toEqual([2, 5]);
  });

  it('are all given out, and then none is available', () => {
    const ids = new PacketIds();
    for (let i = 1; i <= 65_535; i++) expect(ids.take()).toBe(i);
    expect(ids.available).toBe(false);
    expect(() => ids.take()).toThrow(TypeError);
    ids.release(40_000);
    expect(ids.available).toBe(true);
    expect(ids.take()).toBe(40_000);
  });

  it('are released once and reserved once', () => {
    const ids = new PacketIds();
    expect(() => ids.release(1)).toThrow(TypeError);
    ids.reserve(1);
    expect(() => ids.reserve(1)).toThrow(TypeError);
    ids.release(1);
    expect(() => ids.release(1)).toThrow(TypeError);
  });

  it('of a PUBLISH at QoS 0 are passed over and not kept', () => {
    const ids = new PacketIds();
    expect(ids.pass()).toBe(1);
    ids.last = 65_535;
    expect(ids.pass()).toBe(1);
    ids.last = 0;
    expect(ids.take()).toBe(1);
  });
});
