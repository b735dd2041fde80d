/** Standard input in batches: lines without an end, and what is left when the reading is stopped. */
import { constants } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batches, LONGEST_JSON_LINE, LONGEST_LINE, mustEnd } from '../../../src/commands/input/batches.ts';
import { LineSplitter, NUL } from '../../../src/commands/input/line-splitter.ts';
import { readAll } from '../../../src/commands/input/whole-payload.ts';
import { RecordStream } from '../../../src/commands/pub/record-stream.ts';
import { MAX_REMAINING_LENGTH } from '../../../src/mqtt/types.ts';
import type { Source } from '../../../src/runtime/io.ts';
import { TestInput } from '../../support/streams.ts';

describe('a line', () => {
  const begun = (text: string, separator?: number): LineSplitter => {
    const lines = new LineSplitter(separator);
    for (const part of text.split('|')) {
      lines.push(Buffer.from(part));
      while (lines.next() !== undefined);
    }
    return lines;
  };

  it('may begin with as many bytes as a message can have', () => {
    for (const text of ['', 'a\n', '12345', 'a\n123|45', '123456\n', '1|2|3|4|5|6\n12345'])
      expect(() => mustEnd(begun(text), 5)).not.toThrow();
  });

  it.each([
    ['123456', 1],
    ['12|345|6', 1],
    ['a\nb\n123|456', 3],
  ])('with one byte more is refused by its number: %j', (text, number) => {
    const lines = begun(text);
    expect(() => mustEnd(lines, 5)).toThrow(
      `Line ${number} of standard input is longer than 5 bytes: end each message with a newline, or send it in parts.`,
    );
    lines.end();
    expect(lines.next()).toBeUndefined();
  });

  it('is a record where NUL ends it', () => {
    expect(() => mustEnd(begun('123456', NUL), 5)).toThrow(
      'Record 1 of standard input is longer than 5 bytes: end each message with a NUL, or send it in parts.',
    );
  });

  it('is counted also where many are taken in a row', () => {
    const lines = begun('');
    lines.push(Buffer.from('a\nb\nc\n123456'));
    lines.skip(lines.slices()!.count);
    expect(lines.next()).toBeUndefined();
    expect(() => mustEnd(lines, 5)).toThrow('Line 4 of');
  });
});

it('the longest lines have room for the largest message, also as Base64, and fit into a text', () => {
  expect(LONGEST_LINE).toBe(MAX_REMAINING_LENGTH);
  expect(LONGEST_JSON_LINE).toBeGreaterThan((MAX_REMAINING_LENGTH * 4) / 3 + 65_536);
  expect(LONGEST_JSON_LINE).toBeLessThan(constants.MAX_STRING_LENGTH);
});

/** Zeros without end. */
function endless(): Source & { reads: number; closed: boolean } {
  return {
    reads: 0,
    closed: false,
    async read() {
      if (this.closed) return undefined;
      this.reads++;
      return Buffer.alloc(1000);
    },
    close() {
      this.closed = true;
    },
  };
}

describe('input without end', () => {
  it('is read as far as a message goes', async () => {
    const source = endless();
    expect(await readAll(source, 9_500)).toBeUndefined();
    expect({ reads: source.reads, closed: source.closed }).toEqual({ reads: 10, closed: true });
  });

  it('ends a feed that waits for the end of a line', async () => {
    const source = endless();
    const sent: string[] = [];
    const kept: Uint8Array[] = [];
    const feed = new RecordStream(new Batches(() => source, 9_500), (payload) => ({
      topic: 't',
      payload,
      qos: 0,
      retain: false,
      properties: [],
    }));
    const running = feed.start({
      canSend: () => true,
      send: ({ payload }) => void sent.push(`${payload.length}`),
      keep: (records) => void kept.push(...records),
      unreadable: () => false,
    });
    await expect(running).rejects.toMatchObject({ kind: 'file', status: 3 });
    for await (const records of feed.rest()) kept.push(...records);
    expect({ reads: source.reads, sent, rest: kept }).toEqual({ reads: 10, sent: [], rest: [] });
  });
});

describe('what is left when the reading is stopped', () => {
  /** Of a file nothing is read ahead. */
  function fileOrPipe(size: number | undefined): TestInput {
    const input = new TestInput();
    input.size = size;
    if (size !== undefined) input.leftover = () => undefined;
    return input;
  }

  /** Takes this many records, stops, and requests the rest. */
  async function takenAndRest(input: TestInput, most: number): Promise<{ taken: string[]; rest: string[] }> {
    const batches = new Batches(() => input, LONGEST_LINE, undefined, true);
    const taken: string[] = [];
    for await (const lines of batches) {
      while (taken.length < most) {
        const line = lines.next();
        if (line === undefined) break;
        taken.push(String(line));
      }
      if (taken.length >= most) break;
    }
    const rest: string[] = [];
    for await (const records of batches.rest()) rest.push(...Array.from(records, String));
    return { taken, rest };
  }

  const pieces = fc.array(
    fc.array(fc.constantFrom('\n', '\n', 'a', 'bc'), { maxLength: 6 }).map((parts) => parts.join('')),
    { minLength: 1, maxLength: 6 },
  );

  it.each([
    ['a pipe', undefined],
    ['a file', 100],
  ])('of %s, are the records behind those that were taken, in order and whole', async (_, size) => {
    await fc.assert(
      fc.asyncProperty(pieces, fc.nat(8), async (parts, most) => {
        const input = fileOrPipe(size);
        for (const part of parts) input.push(part);
        input.end();
        const { taken, rest } = await takenAndRest(input, most);
        const whole = parts.join('').split('\n');
        const begun = whole.pop()!;
        // The end of a file is seen; that of a pipe only by who reads on, and half of a record would be another one.
        if (begun !== '' && (size !== undefined || taken.length > whole.length)) whole.push(begun);
        expect([taken.length <= most, ...taken, ...rest]).toEqual([true, ...whole]);
      }),
    );
  });

  it('are not read to the end of a file that is closed meanwhile', async () => {
    const input = fileOrPipe(100);
    input.push('a\nb\nc');
    const batches = new Batches(() => input, LONGEST_LINE);
    const rest: string[] = [];
    const over = (async () => {
      for await (const records of batches.rest()) rest.push(...Array.from(records, String));
    })();
    await new Promise(setImmediate);
    batches.close();
    await over;
    expect(rest).toEqual(['a', 'b']);
    expect(batches.taken).toBe(2);
  });
});
