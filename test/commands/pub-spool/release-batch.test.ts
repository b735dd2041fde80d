/** When PUBREL packets that wait for a sync go, and when the server is asked whether more is to come before. */
import { expect, it } from 'vitest';
import { ReleaseBatch } from '../../../src/commands/pub-spool/release-batch.ts';

const HAPPENS: Readonly<Record<string, (batch: ReleaseBatch) => void>> = {
  PUBLISH: (batch) => batch.sent(true),
  ONE: (batch) => batch.sent(false),
  PUBREL: (batch) => batch.sent(true),
  puback: (batch) => batch.answered(),
  pubrec: (batch) => batch.received(),
  pubcomp: (batch) => batch.answered(),
  pingresp: (batch) => batch.pong(),
};

/**
 * `PUBLISH`, `ONE` (QoS 1), `PUBREL` leave; `pubrec`, `pubcomp`, `pingresp` arrive; `|` ends a turn. Output: `ping`,
 * `go`, `-`.
 */
function play(script: string): string[] {
  const told: string[] = [];
  let pings = 0;
  const batch = new ReleaseBatch(() => pings++);
  for (const turn of script.split('|')) {
    for (const word of turn.trim().split(' ')) {
      const [, name, times = '1'] = /^(\w+?)(\d*)$/.exec(word)!;
      for (let i = 0; i < Number(times || 1); i++) HAPPENS[name!]!(batch);
    }
    pings = 0;
    told.push(batch.isOver() ? 'go' : pings > 0 ? 'ping' : '-');
  }
  return told;
}

it.each([
  ['all answers at once', 'PUBLISH20 | pubrec20', '- go'],
  ['the answers of which some are late', 'PUBLISH20 | pubrec1 | pubrec19 pingresp', '- ping go'],
  ['PINGRESP before the rest: it does not come before they go', 'PUBLISH20 | pubrec5 | pingresp', '- ping go'],
  ['PINGRESP after the rest', 'PUBLISH5 | pubrec4 | pubrec1 | pingresp', '- ping go -'],
  [
    'PUBLISH after PINGREQ is answered after PINGRESP',
    'PUBREL2 | pubcomp1 PUBLISH1 | pubrec1 | pubcomp1 PUBLISH1 | pingresp | pubrec1',
    '- - ping - ping go',
  ],
  [
    'those at QoS 1, whose answers make room for more',
    'PUBLISH10 ONE10 | pubrec5 puback5 PUBLISH5 | pubrec10 puback5',
    '- - go',
  ],
  ['nothing at QoS 1 alone', 'ONE20 | puback5 | puback15', '- - -'],
  ['PINGRESP before PUBACK too', 'ONE5 PUBLISH5 | pubrec5 | pingresp', '- ping go'],
  ['nothing that waits', 'PUBREL20 | pubcomp20', '- -'],
  ['every turn in which only the server has spoken', 'PUBLISH3 | pubrec1 | pubrec1 | pubrec1', '- ping ping go'],
])('%s', (_, script, expected) => {
  expect(play(script).join(' ')).toBe(expected);
});
