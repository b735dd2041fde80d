// One listener a signal, however many wait for it.
import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { onAbort } from '../../src/util/on-abort.ts';

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

describe('onAbort', () => {
  it('calls all who wait, and none who has taken it back', () => {
    const control = new AbortController();
    const called: number[] = [];
    const takeBack = [0, 1, 2].map((i) => onAbort(control.signal, () => called.push(i)));
    takeBack[1]?.();
    expect(listeners(control.signal)).toBe(1);
    control.abort();
    expect(called).toEqual([0, 2]);
  });

  it('does not call one who is taken back by another on the way', () => {
    const control = new AbortController();
    const called: number[] = [];
    onAbort(control.signal, () => second());
    const second = onAbort(control.signal, () => called.push(2));
    control.abort();
    expect(called).toEqual([]);
  });

  it('leaves no listener without a callback, and begins again', () => {
    const control = new AbortController();
    const called: number[] = [];
    const [one, other] = [onAbort(control.signal, () => {}), onAbort(control.signal, () => {})];
    one();
    one();
    expect(listeners(control.signal)).toBe(1);
    other();
    expect(listeners(control.signal)).toBe(0);
    onAbort(control.signal, () => called.push(3));
    control.abort();
    expect(called).toEqual([3]);
  });
});
