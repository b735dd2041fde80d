/** Lines for people. */
import { expect, it } from 'vitest';
import { text } from '../../../src/check/formats/text.ts';
import { BAD, GOOD } from './samples.ts';

it('a check is a line, with its details indented, and nothing of it reaches the terminal as it is', () => {
  expect(text([GOOD, BAD])).toBe(
    [
      'OK: roundtrip of localhost:1883: a message at QoS 1 came back in 3.2 ms',
      "CRITICAL: bob's | room: 'a|b\\u001b[2J\\u000a' is 30, above 25",
      '    one\\u202e',
      '    two | three',
      '',
    ].join('\n'),
  );
});
