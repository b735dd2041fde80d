import { describe, expect, it } from 'vitest';
import { Outage } from '../../../src/commands/broker/outage.ts';
import { Failure } from '../../../src/errors.ts';

const lost = new Failure('connection-lost');
const refused = new Failure('connect', { message: 'Connection refused' });
const LOST = 'Warning: The connection was lost; connecting again.\n';
const REFUSED = 'Warning: Connection refused; connecting again.\n';

describe('an outage', () => {
  it('has one warning for each cause, however many attempts fail, and one line at its end', () => {
    const outage = new Outage(0);
    expect(outage.connected(10)).toBe('');
    const said = [lost, refused, refused, lost, refused].map((failure, i) => outage.lost(failure, 1000 * (i + 1)));
    expect(said).toEqual([LOST, REFUSED, '', '', '']);
    expect(outage.connected(13_000)).toBe('Connected again after 12 s and 5 attempts.\n');
  });

  it('warns again in the next one', () => {
    const outage = new Outage(0);
    outage.connected(0);
    for (const at of [1000, 5000]) {
      expect(outage.lost(lost, at)).toBe(LOST);
      expect(outage.connected(at + 1000)).toBe('Connected again after 1 s and 1 attempt.\n');
    }
  });

  it('before the first connection counts from the start, with the first attempt', () => {
    const outage = new Outage(500);
    expect([outage.lost(refused, 600), outage.lost(refused, 1600)]).toEqual([REFUSED, '']);
    expect(outage.connected(123_400)).toBe('Connected after 2 min 3 s and 3 attempts.\n');
  });

  it('that never was has no line', () => {
    expect(new Outage(0).connected(5000)).toBe('');
  });
});
