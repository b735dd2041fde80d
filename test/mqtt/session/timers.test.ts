import { describe, expect, it } from 'vitest';
import { TIMERS, Timers } from '../../../src/mqtt/session/timers.ts';

describe('timers', () => {
  it('have no deadline while none is set', () => {
    expect(new Timers().next()).toBeUndefined();
  });

  it.each(TIMERS)('%s is due at its time and not before', (name) => {
    const timers = new Timers();
    timers.set(name, 10);
    expect(timers.isSet(name)).toBe(true);
    expect(timers.isDue(name, 9.999)).toBe(false);
    expect(timers.isDue(name, 10)).toBe(true);
    expect(timers.next()).toBe(10);
    timers.clear(name);
    expect(timers.isSet(name)).toBe(false);
    expect(timers.isDue(name, 1e15)).toBe(false);
    expect(timers.next()).toBeUndefined();
  });

  it('name the earliest deadline, zero included', () => {
    const timers = new Timers();
    timers.set('ping', 30);
    timers.set('connack', 20);
    timers.set('pingresp', 40);
    expect(timers.next()).toBe(20);
    timers.set('pingresp', 0);
    expect(timers.next()).toBe(0);
    timers.clearAll();
    expect(timers.next()).toBeUndefined();
  });
});
