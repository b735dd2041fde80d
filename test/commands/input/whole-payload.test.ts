import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LineSplitter, wholePayload } from '../../../src/commands/input/whole-payload.ts';
import { Failure } from '../../../src/errors.ts';
import type { Io, Source } from '../../../src/runtime/io.ts';

/** The lines that chunks of these bytes make, read as a program reads them. */
function split(chunks: readonly Uint8Array[]): string[] {
  const splitter = new LineSplitter();
  const lines: string[] = [];
  const take = (line: Uint8Array): void => void lines.push(Buffer.from(line).toString('latin1'));
  for (const chunk of chunks) {
    splitter.push(chunk);
    for (let line = splitter.next(); line !== undefined; line = splitter.next()) take(line);
  }
  const rest = splitter.rest();
  if (rest !== undefined) take(rest);
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
  const rest = splitter.rest();
  if (rest !== undefined) lines.push(Buffer.from(rest).toString('latin1'));
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

  it('start afresh after rest()', () => {
    const splitter = new LineSplitter();
    splitter.push(Buffer.from('a'));
    expect(splitter.next()).toBeUndefined();
    expect(splitter.rest()?.toString()).toBe('a');
    expect(splitter.rest()).toBeUndefined();
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
      const line = ends ? splitter.next() : splitter.rest();
      expect(line?.length).toBe(CHUNK * COUNT);
      expect(copied).toBe(CHUNK * COUNT);
      expect(search.mock.calls.length).toBeLessThanOrEqual(COUNT + 1);
    });
  });
});

describe('a whole payload', () => {
  const io = (chunks: readonly string[], files: Record<string, Uint8Array | string> = {}): Io => {
    const left = chunks.map((chunk) => Buffer.from(chunk));
    const source: Source = { read: async () => left.shift(), close: () => {} };
    return {
      stdin: () => source,
      files: {
        read: async (path: string, most: number) => {
          const file = files[path] ?? 'ENOENT';
          if (typeof file === 'string') throw new Failure('file', { code: file });
          if (file.length > most) throw new Failure('file', { code: 'EFBIG' });
          return file;
        },
      },
    } as unknown as Io;
  };

  const ENVELOPE: Parameters<typeof wholePayload>[1] = { topic: 't', qos: 0, properties: [], session: { version: 4 } };

  it('is what was given', async () => {
    const payload = Buffer.from('x');
    expect(await wholePayload({ kind: 'bytes', payload }, ENVELOPE, io([]))).toBe(payload);
  });

  it('is standard input to its end, line ends and all', async () => {
    expect(String(await wholePayload({ kind: 'stdin' }, ENVELOPE, io(['a\n', 'b\r\n', '\n'])))).toBe('a\nb\r\n\n');
  });

  it('is a file, empty too', async () => {
    expect(await wholePayload({ kind: 'file', path: 'f' }, ENVELOPE, io([], { f: Buffer.of(0, 10) }))).toEqual(
      Buffer.of(0, 10),
    );
    expect(await wholePayload({ kind: 'file', path: 'f' }, ENVELOPE, io([], { f: Buffer.of() }))).toHaveLength(0);
  });

  it.each([
    ['an empty input', { kind: 'stdin' }, 'Zero length input.\nError loading input from stdin.'],
    [
      'no such file',
      { kind: 'file', path: 'f' },
      'Unable to read file "f": No such file or directory.\nError loading input file "f".',
    ],
    [
      'a folder',
      { kind: 'file', path: 'd' },
      'Unable to read file "d": Is a directory.\nError loading input file "d".',
    ],
    [
      'links in a circle',
      { kind: 'file', path: 'l' },
      'Unable to read file "l": Too many levels of symbolic links.\nError loading input file "l".',
    ],
    [
      'a name that is too long',
      { kind: 'file', path: 'n' },
      'Unable to read file "n": File name too long.\nError loading input file "n".',
    ],
    [
      'a broken disk',
      { kind: 'file', path: 'i' },
      'Unable to read file "i": Input/output error.\nError loading input file "i".',
    ],
    [
      'another errno',
      { kind: 'file', path: 'e' },
      'Unable to read file "e": EOVERFLOW.\nError loading input file "e".',
    ],
  ] as const)('is none: %s', async (_, source, message) => {
    await expect(
      wholePayload(source, ENVELOPE, io([], { d: 'EISDIR', l: 'ELOOP', n: 'ENAMETOOLONG', i: 'EIO', e: 'EOVERFLOW' })),
    ).rejects.toMatchObject({
      kind: 'file',
      status: 1,
      message,
    });
  });

  it('of 256 MiB is one byte too long', async () => {
    const payload = new Uint8Array(268_435_456);
    await expect(wholePayload({ kind: 'file', path: 'f' }, ENVELOPE, io([], { f: payload }))).rejects.toMatchObject({
      message: 'File must be less than 268435455 bytes.\nError loading input file "f".\nHint: Send it in parts.',
    });
  });

  const properties = [{ name: 'content-type', value: 'x/y' }] as const;
  it.each([
    ['its topic', {}, 3],
    ['a packet identifier', { qos: 1 }, 5],
    ['the length of no properties', { session: { version: 5 } }, 4],
    ['properties', { session: { version: 5 }, properties }, 10],
    ['a topic of several bytes a letter', { topic: '\u00e4' }, 4],
  ] satisfies [string, Partial<typeof ENVELOPE>, number][])(
    'leaves room in the packet for %s',
    async (_, more, room) => {
      const all = new Uint8Array(268_435_455);
      const whole = (length: number) =>
        wholePayload({ kind: 'file', path: 'f' }, { ...ENVELOPE, ...more }, io([], { f: all.subarray(0, length) }));
      expect(await whole(268_435_455 - room)).toHaveLength(268_435_455 - room);
      await expect(whole(268_435_456 - room)).rejects.toMatchObject({
        status: 1,
        message:
          'Message with its topic and properties must be less than 268435455 bytes.\nError loading input file "f".\nHint: Send it in parts.',
      });
    },
  );
});
