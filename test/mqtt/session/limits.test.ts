import { describe, expect, it } from 'vitest';
import type { Properties } from '../../../src/mqtt/properties.ts';
import { PublishTerms, serverLimits } from '../../../src/mqtt/session/limits.ts';

const limits = (properties: Properties) =>
  serverLimits({ type: 'connack', sessionPresent: false, code: 0, properties });

const DEFAULTS = {
  receiveMaximum: 65_535,
  maximumQos: 2,
  retain: true,
  maximumPacketSize: Infinity,
  topicAliasMaximum: 0,
  wildcards: true,
  subscriptionIds: true,
  sharedSubscriptions: true,
};

describe('the limits of a server', () => {
  it('are those of the standard when CONNACK says nothing [MQTT 5, 3.2.2.3]', () => {
    expect(limits([])).toEqual(DEFAULTS);
  });

  it.each([
    [{ name: 'receive-maximum', value: 1 }, { receiveMaximum: 1 }],
    [{ name: 'maximum-qos', value: 0 }, { maximumQos: 0 }],
    [{ name: 'maximum-qos', value: 1 }, { maximumQos: 1 }],
    [{ name: 'retain-available', value: 0 }, { retain: false }],
    [{ name: 'retain-available', value: 1 }, { retain: true }],
    [{ name: 'maximum-packet-size', value: 20 }, { maximumPacketSize: 20 }],
    [{ name: 'topic-alias-maximum', value: 7 }, { topicAliasMaximum: 7 }],
    [{ name: 'wildcard-subscription-available', value: 0 }, { wildcards: false }],
    [{ name: 'subscription-identifier-available', value: 0 }, { subscriptionIds: false }],
    [{ name: 'shared-subscription-available', value: 0 }, { sharedSubscriptions: false }],
  ] as const)('%j', (entry, expected) => {
    expect(limits([entry])).toEqual({ ...DEFAULTS, ...expected });
  });
});

it.each([
  [[], 2, true, 0],
  [[{ name: 'maximum-qos', value: 1 }], 2, false, 0x9b],
  [[{ name: 'maximum-qos', value: 1 }], 1, false, 0],
  [[{ name: 'retain-available', value: 0 }], 0, true, 0x9a],
  [[{ name: 'retain-available', value: 0 }], 0, false, 0],
] as [Properties, 0 | 1 | 2, boolean, number][])(
  'with %j a publish at QoS %i, retained %s, is refused with %i',
  (properties, qos, retain, code) => {
    expect(new PublishTerms(limits(properties), 20).refusal({ qos, retain })).toBe(code);
  },
);

it.each([
  [3, 65_535, 3],
  [20, 2, 2],
])('our window of %i and a receive maximum of %i make one of %i', (ours, value, window) => {
  expect(new PublishTerms(limits([{ name: 'receive-maximum', value }]), ours).window).toBe(window);
});
