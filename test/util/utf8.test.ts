import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, hasUtf8Form, isPlainText, isWellFormed } from '../../src/util/utf8.ts';

const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What the platform's own strict decoder says; a byte order mark is kept, as in [MQTT-1.5.4-3]. */
function oracle(bytes: Uint8Array): string | undefined {
  try {
    return DECODER.decode(bytes);
  } catch {
    return undefined;
  }
}

function check(bytes: Buffer): void {
  const text = oracle(bytes);
  if (isWellFormed(bytes) !== (text !== undefined)) throw new Error(`isWellFormed: ${bytes.toString('hex')}`);
  const expected = text?.includes('\0') ? undefined : text;
  if (decodeUtf8(bytes, 0, bytes.length) !== expected) throw new Error(`decodeUtf8: ${bytes.toString('hex')}`);
}

describe('UTF-8 is well-formed when a strict decoder takes it [MQTT-1.5.4-1]', () => {
  it('for every sequence of one and two bytes', () => {
    for (let first = 0; first < 256; first++) {
      check(Buffer.from([first]));
      for (let second = 0; second < 256; second++) check(Buffer.from([first, second]));
    }
  });

  it('for every first and second byte, whatever follows', () => {
    const tails = [[0x80], [0x7f], [0x80, 0x80], [0xbf, 0xc0], [0x80, 0x80, 0x41]];
    for (let first = 0x7f; first < 256; first++)
      for (let second = 0; second < 256; second++)
        for (const tail of tails) check(Buffer.from([first, second, ...tail]));
  });

  it('for every sequence of three bytes that starts at an edge', () => {
    for (const first of [0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0])
      for (const second of [0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc0])
        for (let third = 0; third < 256; third++) check(Buffer.from([first, second, third]));
  });

  it('for code points of the whole range, and what lies beyond it', () => {
    for (let code = 0; code <= 0x10ffff; code += code < 0x3000 ? 1 : 61) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      check(Buffer.from(String.fromCodePoint(code)));
    }
    for (const code of [0xd7ff, 0xe000, 0xfffd, 0xfffe, 0xffff, 0x10000, 0x10ffff])
      check(Buffer.from(String.fromCodePoint(code)));
    for (const hex of ['eda080', 'edafbf', 'edb080', 'edbfbf', 'f4908080', 'f5808080', 'f8808080', 'fe', 'ff'])
      expect(isWellFormed(Buffer.from(hex, 'hex'))).toBe(false);
  });

  it('for any bytes', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc.string({ unit: 'binary', maxLength: 4 }).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => check(Buffer.concat(pieces))),
      { numRuns: 2000 },
    );
  });

  it('of a stretch alone, not of what lies around it', () => {
    const bytes = Buffer.from('ffe282acff', 'hex');
    expect(isWellFormed(bytes, 1, 4)).toBe(true);
    expect(isWellFormed(bytes, 1, 3)).toBe(false);
    expect(isWellFormed(bytes, 2, 4)).toBe(false);
    expect(decodeUtf8(bytes, 1, 4)).toBe('\u20ac');
    expect(decodeUtf8(bytes, 2, 2)).toBe('');
  });
});

describe('text of a packet', () => {
  it('has no U+0000 [MQTT-1.5.4-2]', () => {
    for (const text of ['\0', 'a\0', '\0\u00e9', '\u00e9\0'])
      expect(decodeUtf8(Buffer.from(text), 0, Buffer.byteLength(text))).toBeUndefined();
  });

  it('keeps a byte order mark wherever it stands [MQTT-1.5.4-3]', () => {
    const bytes = Buffer.from('efbbbf61efbbbf', 'hex');
    expect(decodeUtf8(bytes, 0, bytes.length)).toBe('\ufeffa\ufeff');
  });

  it('may hold control characters and non-characters [MQTT 5, 1.5.4]', () => {
    const text = '\u0001\u007f\u009f\ufffe\uffff\u{1ffff}';
    expect(decodeUtf8(Buffer.from(text), 0, Buffer.byteLength(text))).toBe(text);
  });
});

describe('a string has a UTF-8 form', () => {
  it('when it comes back from UTF-8 as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0xd7fe, max: 0xe001 }), { maxLength: 6 }), (units) => {
        const text = String.fromCharCode(...units);
        expect(hasUtf8Form(text)).toBe(Buffer.from(text).toString() === text);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['', true],
    ['plain', true],
    ['\0', true],
    ['\u{1f600}', true],
    ['\ud83d', false],
    ['\ude00', false],
    ['\ude00\ud83d', false],
    ['a\ud83db', false],
    ['\ud83d\u{1f600}', false],
  ])('%j: %s', (text, expected) => {
    expect(hasUtf8Form(text)).toBe(expected);
  });
});

describe('plain text is what Mosquitto takes for a topic [MQTT 5, 1.5.4]', () => {
  it.each([
    ['', true],
    ['a/b c', true],
    ['\u00a0\u00e9\u20ac\u{1f600}\ufeff\ufffd', true],
    ['\u0000', false],
    ['\u001f', false],
    ['\u0020', true],
    ['\u007e', true],
    ['\u007f', false],
    ['\u009f', false],
    ['\ud800', false],
    ['\udfff', false],
    ['\ufdcf', true],
    ['\ufdd0', false],
    ['\ufdef', false],
    ['\ufdf0', true],
    ['\ufffe', false],
    ['\uffff', false],
    ['\u{1fffe}', false],
    ['\u{10ffff}', false],
    ['\u{10fffd}', true],
  ])('%j: %s', (text, expected) => {
    expect(isPlainText(text)).toBe(expected);
    expect(isPlainText(`a${text}b`)).toBe(expected);
  });
});
