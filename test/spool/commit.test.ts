// The format on the disk: what an older version wrote has to be read, and what this one writes by older ones.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCommit, entriesOf, headOf, isCommit } from '../../src/spool/commit.ts';
import { type JournalEntry, Ledger } from '../../src/spool/ledger.ts';

const HEAD = '000000000000010000000000000000000000';

describe('a commit on the disk', () => {
  it.each<[entry: JournalEntry, bytes: string]>([
    [{ type: 'base', base: 0x0102, total: 3 }, '00 020100000000 030000000000 00'],
    [{ type: 'settled', from: 1, to: 2, outcome: 'delivered' }, '01 010000000000 020000000000 00'],
    [{ type: 'settled', from: 1, to: 1, outcome: 'expired' }, '01 010000000000 010000000000 02'],
    [{ type: 'settled', from: 1, to: 1, outcome: 'dropped' }, '01 010000000000 010000000000 03'],
    [{ type: 'settled', from: 1, to: 1, outcome: 'damaged' }, '01 010000000000 010000000000 04'],
    [{ type: 'sending', id: 7, packetId: 0xffff }, '02 070000000000 ffff00000000 00'],
    [{ type: 'released', packetId: 9 }, '03 090000000000 000000000000 00'],
    [{ type: 'restarted' }, '04 000000000000 000000000000 00'],
    [{ type: 'forgotten' }, '05 000000000000 000000000000 00'],
    [{ type: 'counter', packetId: 9 }, '06 090000000000 000000000000 00'],
    [{ type: 'returned', id: 2 ** 47 }, '07 000000000080 000000000000 00'],
    [{ type: 'seen', id: 5 }, '08 050000000000 000000000000 00'],
  ])('has %o as these bytes, and back', (entry, bytes) => {
    const body = encodeCommit(new Ledger(), [entry]);
    expect(body.toString('hex')).toBe(HEAD + bytes.replaceAll(' ', ''));
    expect([...entriesOf(body)]).toEqual([entry]);
    expect(isCommit(body)).toBe(true);
  });

  it('begins with what those who add to the spool need to know', () => {
    const ledger = new Ledger();
    ledger.apply({ type: 'base', base: 5, total: 4 });
    ledger.apply({ type: 'settled', from: 7, to: 8, outcome: 'delivered' });
    expect(headOf(encodeCommit(ledger, []))).toEqual({ total: 6, base: 5, highest: 8 });
  });

  it('with the outcome of messages that the server refused, which nothing writes any more, is read', () => {
    const body = encodeCommit(new Ledger(), [{ type: 'settled', from: 3, to: 3, outcome: 'expired' }]);
    body[body.length - 1] = 1;
    expect([...entriesOf(body)]).toEqual([{ type: 'settled', from: 3, to: 3, outcome: 'delivered' }]);
  });

  it.each<[what: string, body: Buffer]>([
    ['is too short for a head', Buffer.alloc(17)],
    ['has half an entry', Buffer.alloc(18 + 7)],
    ['has a number beyond all identifiers', Buffer.from(`ffffffffffff${HEAD.slice(12)}`, 'hex')],
    ['sends under packet identifier 0', encodeCommit(new Ledger(), [{ type: 'sending', id: 1, packetId: 0 }])],
    ['counts packet identifiers too far', encodeCommit(new Ledger(), [{ type: 'counter', packetId: 0x10000 }])],
  ])('that %s is none', (_, body) => {
    expect(isCommit(body)).toBe(false);
  });

  it('is a commit or not, whatever the bytes, and never an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect([true, false]).toContain(isCommit(Buffer.from(bytes)));
      }),
    );
  });
});
