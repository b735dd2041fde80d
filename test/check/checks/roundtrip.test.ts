/** A message of ours there and back, whatever the broker makes of it. */
import { describe, expect, it } from 'vitest';
import { ownTopic, roundtrip } from '../../../src/check/checks/roundtrip.ts';
import { readRange } from '../../../src/check/range.ts';
import { Bench } from '../support.ts';

const NO = { thresholds: {} };
const LIMITS = { thresholds: { warn: readRange('200'), critical: readRange('1000') } };

describe('roundtrip', () => {
  it('uses a topic of its own, without wildcards and levels of the client ID', () => {
    expect(new Bench(roundtrip({ qos: 0, ...NO })).requests).toEqual(['SUBSCRIBE tscheck/me 0']);
    expect(ownTopic('a/b+#')).toBe('tscheck/a-b--');
  });

  it('is good when the message has come back', () => {
    const bench = new Bench(roundtrip({ qos: 0, ...LIMITS })).suback().puback();
    bench.after(5).message('tscheck/me', bench.lastPayload);
    expect(bench.outcome).toBe('OK a message at QoS 0 came back in 5 ms');
    expect(bench.verdict!.metrics.map(({ name, value }) => `${name}=${value}`)).toEqual([
      'time=5',
      'connect=1',
      'connack=2',
      'suback=0',
      'return=5',
    ]);
  });

  it.each([
    [150, 'OK a message at QoS 1 came back in 150 ms'],
    [300, 'WARNING a message at QoS 1 came back in 300 ms, above 200 ms'],
    [2000, 'CRITICAL a message at QoS 1 came back in 2 s, above 1000 ms'],
  ])('compares %d ms with the thresholds', (span, outcome) => {
    const bench = new Bench(roundtrip({ qos: 1, ...LIMITS })).suback(1);
    bench.after(span).message('tscheck/me', bench.lastPayload).puback();
    expect(bench.outcome).toBe(outcome);
  });

  it('waits for PUBACK as well, in whatever order they arrive', () => {
    const bench = new Bench(roundtrip({ qos: 1, ...NO })).suback(1);
    bench.message('tscheck/me', bench.lastPayload);
    expect(bench.outcome).toBe('none');
    bench.after(2000).puback();
    expect(bench.outcome).toBe('OK a message at QoS 1 came back in 0 ms, acknowledged after 2 s');
    expect(bench.verdict!.metrics.find(({ name }) => name === 'puback')?.value).toBe(2000);
  });

  it('compares a late PUBACK with the thresholds as well', () => {
    const bench = new Bench(roundtrip({ qos: 1, ...LIMITS })).suback(1);
    bench.message('tscheck/me', bench.lastPayload).after(2000).puback();
    expect(bench.outcome).toBe('CRITICAL a message at QoS 1 came back in 0 ms, acknowledged after 2 s, above 1000 ms');
  });

  it('ignores the messages of others on its topic', () => {
    const bench = new Bench(roundtrip({ qos: 0, ...NO })).suback().puback().message('tscheck/me', 'tscheck other');
    expect(bench.outcome).toBe('none');
  });

  it('reports a subscription that the broker refuses, with its reason (MQTT 5)', () => {
    expect(new Bench(roundtrip({ qos: 0, ...NO })).suback(135).outcome).toBe(
      "CRITICAL the broker refused the subscription to 'tscheck/me': Not authorized (135)",
    );
  });

  it('reports a subscription that the broker refuses (MQTT 3.1.1)', () => {
    expect(new Bench(roundtrip({ qos: 0, ...NO }), { version: 4 }).suback(128).outcome).toBe(
      "CRITICAL the broker refused the subscription to 'tscheck/me'",
    );
  });

  it('reports a message that the broker refuses', () => {
    expect(new Bench(roundtrip({ qos: 1, topic: 'a', ...NO })).suback(1).puback(135, 'no').outcome).toBe(
      `CRITICAL the broker refused the message on 'a': Not authorized (135), "no"`,
    );
  });

  it('reports a lower QoS than it asked for', () => {
    expect(new Bench(roundtrip({ qos: 2, ...NO })).suback(1).outcome).toBe(
      'CRITICAL the broker grants QoS 1, not QoS 2',
    );
  });

  it.each([
    ['no SUBACK', (bench: Bench) => bench, "the broker did not answer the subscription to 'tscheck/me'"],
    ['no PUBACK', (bench: Bench) => bench.suback(1), "the broker did not acknowledge the message on 'tscheck/me'"],
    ['no message', (bench: Bench) => bench.suback(1).puback(), "the message on 'tscheck/me' did not come back"],
    [
      'a message without PUBACK',
      (bench: Bench) => bench.suback(1).message('tscheck/me', bench.lastPayload),
      "the broker did not acknowledge the message on 'tscheck/me'",
    ],
  ])('reports %s at the end of its time', (_, play, text) => {
    expect(play(new Bench(roundtrip({ qos: 1, ...NO }))).expire().outcome).toBe(`CRITICAL ${text}`);
  });
});
