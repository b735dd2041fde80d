/** Topics that have had a message lately, and those that have not. */
import { describe, expect, it } from 'vitest';
import { type FreshOptions, fresh, type Remembered } from '../../../src/check/checks/fresh.ts';
import { readJsonPath } from '../../../src/check/json-path.ts';
import { Failure } from '../../../src/errors.ts';
import { Bench, START } from '../support.ts';

const MINUTE = 60_000;

const check = (options: Partial<FreshOptions> = {}) =>
  new Bench(fresh({ filters: ['#'], qos: 0, olderThan: MINUTE, listen: MINUTE, min: 1, ...options }));

describe('fresh', () => {
  it('is good as soon as every retained topic has had a message', () => {
    const bench = check().suback().message('a', '1', { retain: true }).message('b', '1', { retain: true }).pong();
    bench.after(1000).message('a', '2');
    expect(bench.outcome).toBe('none');
    expect(bench.after(1000).message('b', '2').outcome).toBe(
      'OK all 2 topics are fresh, the oldest message is 1 s old',
    );
  });

  it('names the topics without a message when it has listened for as long as they may be silent', () => {
    const bench = check().suback().message('a', '1', { retain: true }).message('b', '1', { retain: true }).pong();
    bench
      .after(1000)
      .message('a', '2')
      .after(MINUTE - 1000);
    expect(bench.outcome).toBe('CRITICAL 1 of 2 topics are silent: b (60 s)');
    expect(bench.verdict!.details).toEqual(['b (60 s)']);
  });

  it('does not judge when it has listened for less, and knows nothing else', () => {
    const bench = check({ listen: 1000 }).suback().message('a', '1', { retain: true }).pong().after(1000);
    expect(bench.outcome).toBe('UNKNOWN no message in 1 s on 1 of 1 topics: a');
    expect(bench.verdict!.advice).toContain('--state');
  });

  it('needs --min topics', () => {
    expect(check({ min: 2, listen: 1000 }).suback().pong().message('a', '1').after(1000).outcome).toBe(
      "CRITICAL 1 of 2 topics found on '#'",
    );
    expect(check({ listen: 1000 }).suback().pong().after(1000).outcome).toBe("CRITICAL no topic found on '#'");
  });

  it.each([
    [
      'ISO 8601',
      `{"time":"${new Date(START - 30_000).toISOString()}"}`,
      'OK 1 topic is fresh, the oldest message is 30 s old',
    ],
    ['seconds', `{"time":${START / 1000 - 30}}`, 'OK 1 topic is fresh, the oldest message is 30 s old'],
    ['milliseconds', `{"time":${START - 3_600_000}}`, 'CRITICAL 1 of 1 topic is silent: a (60 min)'],
    ['microseconds', `{"time":${(START - 3_600_000) * 1000}}`, 'CRITICAL 1 of 1 topic is silent: a (60 min)'],
  ])('reads the time of the payload in %s, and needs no listening', (_, payload, outcome) => {
    const bench = check({ path: readJsonPath('.time'), listen: 0 }).suback();
    expect(bench.message('a', payload, { retain: true }).pong().outcome).toBe(outcome);
  });

  it('remembers topics from run to run: silent ones, new ones, and payloads that have changed', () => {
    const saved: ReadonlyMap<string, Remembered>[] = [];
    const remember = (topics: ReadonlyMap<string, Remembered>): void => void saved.push(topics);
    const first = check({ listen: 0, memory: { topics: new Map() }, remember }).suback();
    first.message('a', '1', { retain: true }).message('b', '1', { retain: true }).pong();
    expect(first.outcome).toBe('OK all 2 topics are fresh or known for less than 60 s');
    // Two minutes later: a has another payload, b has the same, c is new.
    const aged = new Map([...saved[0]!].map(([topic, row]) => [topic, { ...row, since: row.since - 2 * MINUTE }]));
    const second = check({ listen: 0, memory: { topics: aged }, remember }).suback();
    second.message('a', '2', { retain: true }).message('b', '1', { retain: true }).message('c', '1', { retain: true });
    expect(second.pong().outcome).toBe('CRITICAL 1 of 3 topics are silent: b (2 min)');
    expect(saved[1]!.get('a')?.heard).toBe(START);
  });

  it('has nothing to do with remembered topics of other filters', () => {
    const topics = new Map([['zz/other', { since: 1 }]]);
    const bench = check({ filters: ['a/#'], listen: 0, memory: { topics } })
      .suback()
      .message('a/1', '1')
      .pong();
    expect(bench.outcome).toMatch(/^OK 1 topic is fresh/);
  });

  it('does not trust a time in the future, nor a payload without one', () => {
    for (const payload of [`{"time":${START + 3_600_000}}`, '{"time":"yesterday"}', 'x']) {
      const bench = check({ path: readJsonPath('.time'), listen: 0 })
        .suback()
        .message('a', payload)
        .pong();
      expect(bench.outcome).toBe('UNKNOWN no usable time in the payload on 1 of 1 topics: a');
    }
  });

  it('is UNKNOWN when its topics cannot be remembered', () => {
    const remember = (): void => {
      throw new Failure('file', { message: 'Unable to write' });
    };
    const options = { listen: 0, memory: { topics: new Map() }, remember };
    expect(check(options).suback().message('a', '1').pong().outcome).toBe('UNKNOWN Unable to write');
    expect(
      check({ ...options, listen: 9000 })
        .suback()
        .pong()
        .expire().outcome,
    ).toBe('UNKNOWN Unable to write');
  });

  it('names a remembered topic that is no longer retained', () => {
    const topics = new Map([['gone', { since: START - 10 * MINUTE, heard: START - 5 * MINUTE }]]);
    expect(check({ listen: 0, memory: { topics } }).suback().pong().outcome).toBe(
      'CRITICAL 1 of 1 topic is silent: gone (5 min)',
    );
  });

  it('shortens a long list in its line, and has all of it in the details', () => {
    const bench = check({ path: readJsonPath('.t'), listen: 0 }).suback();
    for (let i = 0; i < 7; i++) bench.message(`t${i}`, `{"t":${START - 3_600_000}}`, { retain: true });
    expect(bench.pong().outcome).toBe(
      'CRITICAL 7 of 7 topics are silent: t0 (60 min), t1 (60 min), t2 (60 min), t3 (60 min), t4 (60 min) and 2 more',
    );
    expect(bench.verdict!.details).toHaveLength(7);
  });
});
