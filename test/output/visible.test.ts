import { describe, expect, it } from 'vitest';
import { putVisible, visible } from '../../src/output/visible.ts';
import { OutputWriter } from '../../src/output/writer.ts';
import { FakeSink } from './sink.ts';

describe('bytes on a terminal', () => {
  it.each([
    ['text', 'a é 語 😀', 'a é 語 😀'],
    ['a control sequence', '\x1b[2J\x07', '\\u001b[2J\\u0007'],
    ['a C1 control', '\x9b2J', '\\u009b2J'],
    ['a change of direction', 'a\u202eb\u2069', 'a\\u202eb\\u2069'],
    ['invisible characters', '\ufeff\u200b\u00ad', '\\ufeff\\u200b\\u00ad'],
    ['layout, where there is one line', 'a\r\n\tb', 'a\\u000d\\u000a\\u0009b'],
  ])('%s', (_, text, shown) => {
    expect(visible(Buffer.from(text))).toBe(shown);
  });

  it('that are not UTF-8 are shown one by one, and what is between as text', () => {
    expect(visible(Buffer.from('\xffa\xc3(\xed\xa0\x80\xc3\xa9\x1b\xf0\x9f', 'latin1'))).toBe(
      '\\xffa\\xc3(\\xed\\xa0\\x80é\\u001b\\xf0\\x9f',
    );
  });

  it('are never lost or cut, however many there are', () => {
    const sink = new FakeSink();
    const output = new OutputWriter(sink, { written: () => {}, room: () => {}, broken: () => {} });
    // Of three bytes each, so that pieces would end within a character.
    const text = `a${'語\n'.repeat(100_000)}\xff`;
    putVisible(output, Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.of(0xff)]));
    output.byte(0x21);
    output.flush();
    sink.finishAll();
    expect(Buffer.from(sink.text, 'latin1').toString()).toBe(`${text.slice(0, -1)}\\xff!`);
  });
});
