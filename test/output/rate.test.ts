/** `--message-rate`. */
import { describe, expect, it } from 'vitest';
import { MessageRate } from '../../src/output/rate.ts';

describe('the message rate', () => {
  it('is the number of messages since the line before', () => {
    const rate = new MessageRate();
    rate.add();
    rate.add();
    expect(rate.line()).toBe('2 msgs/s\n');
    expect(rate.line()).toBe('0 msgs/s\n');
    rate.add();
    expect(rate.line()).toBe('1 msgs/s\n');
  });
});
