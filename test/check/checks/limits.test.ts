/** What CONNACK grants, and what is required of it. */
import { describe, expect, it } from 'vitest';
import { limits, readRequirement } from '../../../src/check/checks/limits.ts';
import { Bench } from '../support.ts';

const required = (...texts: readonly string[]) => texts.map((text) => readRequirement(text)!);

describe('limits', () => {
  it('is good with the defaults of MQTT 5 when nothing is required', () => {
    expect(new Bench(limits([])).outcome).toBe(
      'OK the broker grants max-qos=2, retain=1, packet-size=268435460, receive-maximum=65535, topic-aliases=0, wildcards=1, shared=1, subscription-ids=1, keepalive=60, session-expiry=0, assigned-id=0',
    );
  });

  it('compares each property with what is required', () => {
    const bench = new Bench(limits(required('max-qos=2', 'retain=yes', 'packet-size>=1000000')), {
      properties: [
        { name: 'maximum-qos', value: 1 },
        { name: 'retain-available', value: 0 },
        { name: 'maximum-packet-size', value: 2_000_000 },
      ],
    });
    expect(bench.outcome).toBe('CRITICAL max-qos is 1, required is max-qos=2; retain is 0, required is retain=1');
  });

  it('cannot judge a broker of MQTT 3', () => {
    expect(new Bench(limits([]), { version: 4 }).outcome).toBe('UNKNOWN only a broker of MQTT 5 says what it grants');
  });

  it.each([
    ['max-qos=2', { name: 'max-qos', operator: '=', value: 2 }],
    ['retain=no', { name: 'retain', operator: '=', value: 0 }],
    ['keepalive<=120', { name: 'keepalive', operator: '<=', value: 120 }],
  ])('reads %s', (text, requirement) => {
    expect(readRequirement(text)).toEqual(requirement);
  });

  it.each(['', 'max-qos', 'qos=2', 'max-qos=two', 'max-qos=-1', 'max-qos==2', 'max-qos = 2'])(
    'refuses "%s"',
    (text) => {
      expect(readRequirement(text)).toBeUndefined();
    },
  );
});
