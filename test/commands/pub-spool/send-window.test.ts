/** Which messages of a spool may be with the session together: the order of a topic stays, and so does the memory. */
import { expect, it } from 'vitest';
import { SendWindow } from '../../../src/commands/pub-spool/send-window.ts';
import type { QoS } from '../../../src/mqtt/types.ts';
import type { StoredMessage } from '../../../src/spool/record.ts';

let id = 0;
const message = (qos: QoS, topic = 'a', size = 100): StoredMessage => ({
  ...{ id: ++id, topic, payload: Buffer.alloc(0), qos, retain: false, properties: [] },
  ...{ acceptedAt: 0, size },
});

/** With these, of which the tokens count from 1. */
function windowWith(...messages: StoredMessage[]): SendWindow {
  const window = new SendWindow();
  for (const [i, one] of messages.entries()) {
    window.began(one);
    window.opened(i + 1, one);
  }
  return window;
}

it('behind QoS 2 whose PUBREL has not left, QoS 0 and 1 on its topic wait, and nothing else', () => {
  const [first, second] = [message(2), message(2)];
  const window = windowWith(first, second);
  const admitted = (): boolean[] =>
    [message(0), message(1), message(2), message(0, 'b'), message(1, 'b')].map((one) => window.admits(one));
  expect(admitted()).toEqual([false, false, true, true, true]);
  window.released(first);
  // PUBREL may leave once more.
  window.released(first);
  expect(admitted()).toEqual([false, false, true, true, true]);
  window.released(second);
  expect(admitted()).toEqual([true, true, true, true, true]);
});

it('what starts over, or never left, holds them up as what begins does', () => {
  const one = message(2);
  const window = windowWith(one);
  window.began(one);
  window.released(one);
  expect(window.admits(message(1))).toBe(true);
  window.began(one);
  expect(window.admits(message(1))).toBe(false);
  expect([window.closed(1), window.admits(message(1))]).toEqual([one, true]);
});

it('takes up to 16 MiB, or a single message of any size', () => {
  const mebibyte = 1024 * 1024;
  expect(new SendWindow().admits(message(1, 'a', 100 * mebibyte))).toBe(true);
  const window = windowWith(message(1, 'a', 10 * mebibyte));
  expect(window.admits(message(1, 'a', 6 * mebibyte))).toBe(true);
  expect(window.admits(message(1, 'a', 6 * mebibyte + 1))).toBe(false);
  window.closed(1);
  expect(window.admits(message(1, 'a', 100 * mebibyte))).toBe(true);
});

it('counts what it was given, and what became of it', () => {
  const window = windowWith(message(1), message(0), message(2));
  expect([window.counts, window.isEmpty]).toEqual([{ sent: 3, settled: 0 }, false]);
  for (const token of [2, 1, 3]) window.closed(token);
  expect([window.counts, window.isEmpty]).toEqual([{ sent: 3, settled: 3 }, true]);
});
