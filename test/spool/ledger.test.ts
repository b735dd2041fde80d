/** What is settled and what is in flight, entry by entry. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JournalEntry, Ledger } from '../../src/spool/ledger.ts';

const ledgerOf = (...entries: JournalEntry[]): Ledger => {
  const ledger = new Ledger();
  for (const entry of entries) ledger.apply(entry);
  return ledger;
};
const settled = (from: number, to = from): JournalEntry => ({ type: 'settled', from, to, outcome: 'delivered' });
const sending = (id: number, packetId: number): JournalEntry => ({ type: 'sending', id, packetId });
const released = (packetId: number): JournalEntry => ({ type: 'released', packetId });

/** As `message/packet`, `+` for what is released. */
const flightsOf = (ledger: Ledger): string =>
  ledger
    .flights()
    .map((flight) => `${flight.id}/${flight.packetId}${flight.released ? '+' : ''}`)
    .join(' ');

describe('what is in flight', () => {
  it.each<[what: string, entries: JournalEntry[], flights: string]>([
    ['is in the order of sending', [sending(2, 7), sending(1, 8)], '2/7 1/8'],
    [
      'begins with what is released, in the order of PUBREC',
      [sending(1, 7), sending(2, 8), sending(3, 9), released(9), released(7)],
      '3/9+ 1/7+ 2/8',
    ],
    ['is released by its packet identifier alone', [sending(1, 7), released(8), released(1)], '1/7'],
    ['lands when it is settled', [sending(1, 7), sending(2, 8), released(8), settled(2)], '1/7'],
    [
      'lands when a stretch is settled',
      [sending(1, 7), sending(2, 8), sending(3, 9), sending(4, 10), settled(2, 3)],
      '1/7 4/10',
    ],
    [
      'lands when it is returned, and may go out again',
      [sending(1, 7), { type: 'returned', id: 1 }, { type: 'returned', id: 5 }, sending(1, 9)],
      '1/9',
    ],
    ['is sent under one identifier', [sending(1, 7), released(7), sending(2, 8), sending(1, 9)], '2/8 1/9'],
    ['has each identifier once', [sending(1, 7), sending(2, 7)], '2/7'],
    ['has each identifier once, also what was released', [sending(1, 7), released(7), sending(2, 7)], '2/7'],
    ['is not what is settled already', [settled(1), sending(1, 7), sending(2, 8)], '2/8'],
    [
      'starts over with a new session, those released first',
      [sending(1, 7), sending(2, 8), released(8), { type: 'restarted' }],
      '2/8 1/7',
    ],
    ['is nothing after it was forgotten', [sending(1, 7), sending(2, 8), released(8), { type: 'forgotten' }], ''],
  ])('%s', (_what, entries, flights) => {
    const ledger = ledgerOf(...entries);
    expect(flightsOf(ledger)).toBe(flights);
    const ids = new Set(ledger.flights().map(({ id }) => id));
    const packetIds = new Set(ledger.flights().map(({ packetId }) => packetId));
    for (let number = 0; number < 12; number++)
      expect([ledger.isInFlight(number), ledger.usesPacketId(number)]).toEqual([
        ids.has(number),
        packetIds.has(number),
      ]);
  });
});

describe('the state', () => {
  const stateOf = ({ base, total, highest, lastPacketId, needsCleanStart }: Ledger): unknown[] => [
    ...[base, total, highest],
    ...[lastPacketId, needsCleanStart],
  ];

  it.each<[entries: JournalEntry[], state: unknown[]]>([
    [[], [1, 0, 0, 0, true]],
    [[{ type: 'base', base: 5, total: 4 }], [5, 4, 4, 0, true]],
    [[settled(2)], [1, 1, 2, 0, true]],
    [
      [settled(2), settled(1)],
      [3, 2, 2, 0, true],
    ],
    [
      [settled(1, 3), settled(2, 5)],
      [6, 5, 5, 0, true],
    ],
    [
      [settled(4), settled(4), settled(2), settled(1)],
      [3, 3, 4, 0, true],
    ],
    [[sending(3, 70)], [1, 0, 3, 70, true]],
    [
      [sending(3, 70), sending(2, 60)],
      [1, 0, 3, 60, true],
    ],
    [
      [settled(1), sending(1, 70)],
      [2, 1, 1, 70, true],
    ],
    [[{ type: 'counter', packetId: 9 }], [1, 0, 0, 9, true]],
    [
      [
        { type: 'seen', id: 4 },
        { type: 'seen', id: 2 },
      ],
      [1, 0, 4, 0, true],
    ],
    [[{ type: 'restarted' }], [1, 0, 0, 0, false]],
    [
      [{ type: 'restarted' }, { type: 'forgotten' }],
      [1, 0, 0, 0, true],
    ],
  ])('after %j is %j', (entries, state) => {
    expect(stateOf(ledgerOf(...entries))).toEqual(state);
  });

  const number = fc.integer({ min: 1, max: 12 });
  const entry: fc.Arbitrary<JournalEntry> = fc.oneof(
    fc.tuple(number, fc.integer({ min: 0, max: 3 })).map(([from, more]) => settled(from, from + more)),
    fc.tuple(number, number).map(([id, packetId]) => sending(id, packetId)),
    number.map(released),
    number.map((id): JournalEntry => ({ type: 'returned', id })),
    number.map((id): JournalEntry => ({ type: 'seen', id })),
    fc.constantFrom<JournalEntry>({ type: 'restarted' }, { type: 'forgotten' }),
  );

  it('is the same when it is rewritten in few entries', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), (entries) => {
        const ledger = ledgerOf(...entries);
        const written = [...ledger.entries()];
        const again = ledgerOf(...written);
        expect([stateOf(again), flightsOf(again)]).toEqual([stateOf(ledger), flightsOf(ledger)]);
        for (let id = 0; id < 20; id++) expect(again.isSettled(id)).toBe(ledger.isSettled(id));
        expect([...again.entries()]).toEqual(written);
      }),
    );
  });

  it('counts and finds what is not settled', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), number, number, (entries, from, more) => {
        const ledger = ledgerOf(...entries);
        const ids = Array.from({ length: 40 }, (_, id) => id);
        const open = ids.filter((id) => id >= 1 && !ledger.isSettled(id));
        expect(ledger.total).toBe(39 - open.length);
        expect(ledger.base).toBe(open[0]);
        expect(ledger.unsettled(from, from + more)).toBe(open.filter((id) => id >= from && id < from + more).length);
        expect(ledger.unsettled(from + more, from)).toBe(0);
        expect(ledger.nextUnsettled(from)).toBe(open.find((id) => id >= from));
      }),
    );
  });

  it('in few entries says nothing that goes without saying', () => {
    expect([...ledgerOf(settled(1, 3), { type: 'restarted' }).entries()]).toEqual([
      { type: 'base', base: 4, total: 3 },
      { type: 'restarted' },
      { type: 'counter', packetId: 0 },
    ]);
    expect([...ledgerOf(settled(2, 3), sending(1, 7), released(7), sending(5, 8)).entries()]).toEqual([
      { type: 'base', base: 1, total: 0 },
      { type: 'settled', from: 2, to: 3, outcome: 'delivered' },
      { type: 'forgotten' },
      { type: 'sending', id: 1, packetId: 7 },
      { type: 'released', packetId: 7 },
      { type: 'sending', id: 5, packetId: 8 },
      { type: 'counter', packetId: 8 },
      { type: 'seen', id: 5 },
    ]);
  });
});
