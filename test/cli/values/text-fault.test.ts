/** The hint about text that cannot go into a packet: what is wrong with it, and where. */
import { describe, expect, it } from 'vitest';
import { textFault } from '../../../src/cli/values/text-fault.ts';
import { bytesWord, textWord } from '../../../src/cli/words/words.ts';

describe('textFault', () => {
  it.each([
    ['a\u0007', 'Character 2 of the value is U+0007, a control character.'],
    ['\u{1f600}é\n', 'Character 3 of the value is U+000A, a control character.'],
    ['\u0085', 'Character 1 of the value is U+0085, a control character.'],
    ['a\ufdd0', 'Character 2 of the value is U+FDD0, a noncharacter.'],
    ['a\ud800b', 'Character 2 of the value is U+D800, half of a surrogate pair.'],
  ])('of %j names the character', (text, hint) => {
    expect(textFault({ ...textWord(text), wellFormed: true })).toBe(hint);
  });

  it('of bytes that are not UTF-8 names the first', () => {
    expect(textFault(bytesWord(Buffer.from('61c3a9ff', 'hex')))).toBe(
      'Byte 4 of the value is 0xFF, which is not valid UTF-8.',
    );
  });

  it('of good text says nothing', () => {
    expect(textFault(textWord('grün/\u{1f600}'))).toBeUndefined();
  });
});
