/** Results for the tests of formats, with text that a broker may have chosen to do harm. */
import { readRange } from '../../../src/check/range.ts';
import type { CheckResult } from '../../../src/check/result.ts';

export const GOOD: CheckResult = {
  check: 'roundtrip',
  broker: 'localhost:1883',
  status: 0,
  text: 'a message at QoS 1 came back in 3.2 ms',
  metrics: [
    { name: 'time', value: 3.2154, unit: 'ms', warn: readRange('200'), critical: readRange('1000') },
    { name: 'connect', value: 0.5, unit: 'ms' },
  ],
};

export const BAD: CheckResult = {
  check: 'value',
  label: "bob's | room",
  broker: 'localhost:1883',
  status: 2,
  text: "'a|b\u001b[2J\n' is 30, above 25",
  metrics: [
    { name: 'value', value: 30, unit: '', topic: 'it\'s a=b|c\n"x\\', critical: readRange('~:25') },
    { name: 'value', value: -1e21, unit: 'B', topic: 'b' },
  ],
  details: ['one\u202e', 'two | three'],
};

export const UNKNOWN_ONE: CheckResult = {
  check: 'cert',
  broker: 'h:8883',
  status: 3,
  text: 'the broker showed no certificate',
  metrics: [{ name: 'days', value: 12, unit: 'd', warn: readRange('@10:20') }],
};
