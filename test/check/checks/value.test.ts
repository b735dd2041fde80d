/** Values of topics against ranges and patterns. Covers src/check/result.ts, src/check/checks/listening.ts. */
import { describe, expect, it } from 'vitest';
import { type ValueOptions, value } from '../../../src/check/checks/value.ts';
import { readJsonPath } from '../../../src/check/json-path.ts';
import { readRange } from '../../../src/check/range.ts';
import { Bench } from '../support.ts';

const check = (options: Partial<ValueOptions> = {}) =>
  new Bench(value({ filters: ['t'], qos: 0, thresholds: {}, wait: 0, ...options }));
const LIMITS = { thresholds: { warn: readRange('10:20'), critical: readRange('5:25') } };

describe('value', () => {
  it('is judged as soon as a retained message has arrived', () => {
    expect(check(LIMITS).message('t', '15', { retain: true }).outcome).toBe("OK 't' is 15");
  });

  it.each([
    ['15', "OK 't' is 15"],
    [' 15.0\n', "OK 't' is 15.0"],
    ['22', "WARNING 't' is 22, above 20"],
    ['3', "CRITICAL 't' is 3, below 5"],
    ['warm', "UNKNOWN 't' is 'warm', which is not a number"],
    ['', "UNKNOWN 't' is '', which is not a number"],
  ])('of "%s" is compared with ranges', (payload, outcome) => {
    expect(check(LIMITS).message('t', payload).outcome).toBe(outcome);
  });

  it('says at once that nothing is retained: PINGRESP shows it', () => {
    expect(check().suback().pong().outcome).toBe("UNKNOWN no value is retained on 't', and no message arrived");
  });

  it('waits for the next message with --wait', () => {
    const bench = check({ wait: 5000 }).suback().pong().after(4000);
    expect(bench.outcome).toBe('none');
    expect(bench.message('t', 'on').outcome).toBe("OK 't' is 'on'");
    expect(check({ wait: 5000 }).suback().pong().after(5000).outcome).toMatch(/^UNKNOWN no value is retained/);
  });

  it.each([
    ['{"temp":15}', "OK 't' is 15"],
    ['{"temp":"15"}', "OK 't' is 15"],
    ['{"temp":null}', "UNKNOWN 't' is 'null', which is not a number"],
    ['{"hum":15}', "UNKNOWN the payload of 't' has no value at the JSON path"],
    ['15 C', "UNKNOWN the payload of 't' is not JSON"],
  ])('of %s is found by its JSON path', (payload, outcome) => {
    expect(check({ ...LIMITS, path: readJsonPath('.temp') }).message('t', payload).outcome).toBe(outcome);
  });

  it('is compared with a pattern', () => {
    expect(check({ match: /^on/u }).message('t', 'online').outcome).toBe("OK 't' is 'online'");
    expect(check({ match: /^on/u }).message('t', 'off').outcome).toBe(
      "CRITICAL 't' is 'off', which does not match ^on",
    );
  });

  it('of several topics is as bad as the worst, and each that is bad is named', () => {
    const bench = check({ filters: ['a/+'], ...LIMITS }).suback();
    bench.message('a/1', '15', { retain: true }).message('a/2', '30', { retain: true }).message('a/3', '22');
    expect(bench.outcome).toBe('none');
    expect(bench.pong().outcome).toBe("CRITICAL 2 of 3 values are not good: 'a/2' is 30, above 25");
    expect(bench.verdict!.details).toEqual(["'a/2' is 30, above 25", "'a/3' is 22, above 20"]);
    expect(bench.verdict!.metrics.map(({ topic }) => topic)).toEqual(['a/1', 'a/2', 'a/3']);
  });

  it('of several topics is UNKNOWN where one has none, and waits for it', () => {
    const some = check({ filters: ['a', 'b'], ...LIMITS })
      .suback()
      .suback()
      .message('a', '15', { retain: true })
      .pong();
    expect(some.outcome).toBe(
      "UNKNOWN 1 of 2 values are not good: no value is retained on 'b', and no message arrived",
    );
    const waiting = check({ filters: ['a', 'b'], wait: 5000 })
      .suback()
      .suback()
      .message('a', '1')
      .pong()
      .after(1000);
    expect(waiting.outcome).toBe('none');
    expect(waiting.message('b', '2').outcome).toBe('OK 2 values are good');
  });

  it('that is long is shortened', () => {
    const outcome = check().message('t', 'x'.repeat(1000)).outcome;
    expect(outcome).toBe(`OK 't' is '${'x'.repeat(200)}…'`);
  });

  it('is UNKNOWN when the expression takes too long', () => {
    const match = { source: 'slow', test: () => undefined };
    expect(check({ match }).message('t', 'x').outcome).toBe("UNKNOWN comparing 't' with slow takes too long");
  });

  it('reports a refused subscription', () => {
    expect(check().suback(135).outcome).toBe(
      "CRITICAL the broker refused the subscription to 't': Not authorized (135)",
    );
  });

  it('says what it has at the end of its time', () => {
    expect(check({ wait: 9000 }).suback().pong().expire().outcome).toMatch(/^UNKNOWN no value is retained/);
    expect(check().expire().outcome).toBe("CRITICAL the broker did not answer the subscription to 't'");
    expect(check().suback().expire().outcome).toBe(
      'CRITICAL the broker did not answer the ping after the subscription',
    );
  });
});
