/** The single message: where it is read from, and what is not a message. */
import { describe, expect, it } from 'vitest';
import { wholePayload } from '../../../src/commands/input/whole-payload.ts';
import { Failure } from '../../../src/errors.ts';
import type { Io, Source } from '../../../src/runtime/io.ts';

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
