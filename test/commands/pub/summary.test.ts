import { describe, expect, it } from 'vitest';
import { Tally } from '../../../src/commands/pub/summary.ts';

const REST = { waiting: 0, resent: 0, unsent: undefined };

function tally(published: number, ...outcomes: (readonly [code: number, local: boolean])[]): Tally {
  const result = new Tally();
  result.published = published;
  for (const [code, local] of outcomes) result.settle(code, local);
  return result;
}

it('what was written at once has its outcome', () => {
  const it = tally(2);
  it.written(3);
  expect([it.published, it.settled, it.isSettled]).toEqual([5, 3, false]);
});

describe('the line of --summary', () => {
  it.each([
    [1, tally(0), REST, 'sent 0, acknowledged 0, refused 0, resent 0'],
    [2, tally(3, [0, false], [16, false]), { ...REST, resent: 4 }, 'sent 3, acknowledged 2, refused 0, resent 4'],
    [1, tally(2, [135, false], [135, false]), REST, 'sent 2, acknowledged 0, refused 2 (not authorized), resent 0'],
    [
      1,
      tally(3, [135, false], [151, false], [151, false]),
      { ...REST, unsent: 3 },
      'sent 3, acknowledged 0, refused 3 (1 not authorized, 2 quota exceeded), resent 0, unsent 3',
    ],
    [1, tally(5, [0, false]), { ...REST, waiting: 2 }, 'sent 3, acknowledged 1, refused 0, resent 0'],
    [0, tally(2, [0, false], [0, false]), REST, 'written 2, refused 0'],
    // Refused without being sent: the server had said that it retains nothing.
    [0, tally(2, [154, true], [154, true]), REST, 'written 0, refused 2 (retain not supported)'],
  ] as const)('at QoS %s is as counted', (qos, it, rest, line) => expect(it.line(qos, rest)).toBe(line));
});
