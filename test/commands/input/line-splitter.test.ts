/** Standard input cut into lines, one by one and in rows. */
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LineSplitter } from '../../../src/commands/input/line-splitter.ts';

/** The lines that chunks of these bytes make, read as a program reads them. */
function split(chunks: readonly Uint8Array[]): string[] {
  const splitter = new LineSplitter();
  const lines: string[] = [];
  const take = (line: Uint8Array): void => void lines.push(Buffer.from(line).toString('latin1'));
  for (const chunk of chunks) {
    splitter.push(chunk);
    for (let line = splitter.next(); line !== undefined; line = splitter.next()) take(line);
  }
  splitter.end();
  for (const line of splitter) take(line);
  return lines;
}

/** The same with slices, of which `most` are taken at a time. */
function splitInRows(chunks: readonly Uint8Array[], most: number): string[] {
  const splitter = new LineSplitter();
  const lines: string[] = [];
  for (const chunk of chunks) {
    splitter.push(chunk);
    for (;;) {
      for (let slices = splitter.slices(); slices !== undefined; slices = splitter.slices()) {
        const count = Math.min(slices.count, most);
        for (let i = 0; i < count; i++)
          lines.push(
            Buffer.from(slices.bytes.subarray(slices.bounds[2 * i], slices.bounds[2 * i + 1])).toString('latin1'),
          );
        splitter.skip(count);
        if (count < slices.count) break;
      }
      const line = splitter.next();
      if (line === undefined) break;
      lines.push(Buffer.from(line).toString('latin1'));
    }
  }
  splitter.end();
  for (const line of splitter) lines.push(Buffer.from(line).toString('latin1'));
  return lines;
}

function naive(bytes: Uint8Array): string[] {
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

const text = (value: string) => [Buffer.from(value, 'latin1')];

describe('lines', () => {
  it.each([
    ['nothing', '', []],
    ['one', 'a\n', ['a']],
    ['one without an end', 'a', ['a']],
    ['two', 'a\nb\n', ['a', 'b']],
    ['the last without an end', 'a\nb', ['a', 'b']],
    ['an empty one', '\n', ['']],
    ['empty ones', '\n\na\n\n', ['', '', 'a', '']],
    ['CR belongs to the line', 'a\r\nb\r', ['a\r', 'b\r']],
    ['NUL belongs to the line', 'a\0b\n\0', ['a\0b', '\0']],
    ['no other line end', 'a\vb\fc\x85d\u00a0\n', ['a\vb\fc\x85d\u00a0']],
  ])('%s', (_, input, expected) => {
    expect(split(text(input))).toEqual(expected);
    expect(split([...Buffer.from(input, 'latin1')].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it('are the same for any chunks, empty ones included', () => {
    const byte = fc.constantFrom(0x0a, 0x0a, 0x0d, 0x00, 0x61, 0xff);
    fc.assert(
      fc.property(fc.array(fc.array(byte, { maxLength: 12 }), { maxLength: 12 }), (parts) => {
        const chunks = parts.map((part) => Uint8Array.from(part));
        expect(split(chunks)).toEqual(naive(Buffer.concat(chunks)));
      }),
      { numRuns: 500 },
    );
  });

  it.each([0, 1, 2, 100_000])('are the same in rows, of which %i lines are taken at a time', (most) => {
    const piece = fc.constantFrom('\n', '\n', 'a', 'bc', '\r', 'd'.repeat(63), 'e'.repeat(64), 'f'.repeat(65));
    fc.assert(
      fc.property(fc.array(fc.array(piece, { maxLength: 12 }), { maxLength: 8 }), (parts) => {
        const chunks = parts.map((part) => Buffer.from(part.join('')));
        expect(splitInRows(chunks, most)).toEqual(naive(Buffer.concat(chunks)));
      }),
    );
    const many = text('x\n'.repeat(10_000));
    expect(splitInRows(many, most)).toEqual(split(many));
  });

  it('within a chunk are views of it', () => {
    const chunk = Buffer.from('abc\ndef\n');
    const splitter = new LineSplitter();
    splitter.push(chunk);
    expect(splitter.next()?.buffer).toBe(chunk.buffer);
    expect(splitter.next()?.byteOffset).toBe(chunk.byteOffset + 4);
  });

  it('may be taken from a view into a larger buffer', () => {
    const large = Buffer.from('..a\nb\n..');
    expect(split([new Uint8Array(large.buffer, large.byteOffset + 2, 4)])).toEqual(['a', 'b']);
  });

  it('start afresh after the end', () => {
    const splitter = new LineSplitter();
    splitter.push(Buffer.from('a'));
    expect(splitter.next()).toBeUndefined();
    splitter.end();
    expect(splitter.next()?.toString()).toBe('a');
    splitter.end();
    expect(splitter.next()).toBeUndefined();
  });

  describe('of 50 MB in chunks of 64 KiB', () => {
    afterEach(() => {
      vi.restoreAllMocks();
    });

    it.each([true, false])('are copied once, and every chunk is searched once (line end: %s)', (ends) => {
      const CHUNK = 64 * 1024;
      const COUNT = 763;
      let copied = 0;
      const concat = Buffer.concat.bind(Buffer);
      vi.spyOn(Buffer, 'concat').mockImplementation((list, length) => {
        const whole = concat(list, length);
        copied += whole.length;
        return whole;
      });
      const search = vi.spyOn(Buffer.prototype, 'indexOf');
      const splitter = new LineSplitter();
      for (let i = 0; i < COUNT; i++) {
        splitter.push(Buffer.alloc(CHUNK, 0x61));
        expect(splitter.next()).toBeUndefined();
      }
      if (ends) splitter.push(Buffer.from('\n'));
      else splitter.end();
      const line = splitter.next();
      expect(line?.length).toBe(CHUNK * COUNT);
      expect(copied).toBe(CHUNK * COUNT);
      expect(search.mock.calls.length).toBeLessThanOrEqual(COUNT + 1);
    });
  });
});
