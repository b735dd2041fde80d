/**
 * Standard input in batches of records that arrived together: how long a record may be, which records are left after
 * reading stops, and where to resume the input.
 */
import type { PubPlan } from '../../cli/plan/types.ts';
import { FAILURES, Failure } from '../../errors.ts';
import { MAX_REMAINING_LENGTH } from '../../mqtt/types.ts';
import type { Source } from '../../runtime/io.ts';
import { LINE_END, LineSplitter, NUL } from './line-splitter.ts';

/** Bytes of a payload with a topic before it. The length of the packet is checked later, when the packet is made. */
export const LONGEST_LINE = MAX_REMAINING_LENGTH;

/** Bytes: room for the longest payload in Base64. The JavaScript engine makes no text of more than 512 MiB. */
export const LONGEST_JSON_LINE = 384 * 1024 * 1024;

/** Standard input, read as the plan says. It is opened when the first batch is requested. */
export function batchesOf({ records, nul }: PubPlan, open: () => Source, outlive = false): Batches {
  const longest = records?.kind === 'json' ? LONGEST_JSON_LINE : LONGEST_LINE;
  return new Batches(open, longest, nul ? NUL : LINE_END, outlive);
}

export class Batches implements AsyncIterable<LineSplitter> {
  readonly #open: () => Source;
  readonly #longest: number;
  readonly #lines: LineSplitter;
  readonly #outlive: boolean;
  #source: Source | undefined;
  /** The read in progress, or the last one. */
  #reading: Promise<Uint8Array | undefined> | undefined;
  #bytes = 0;
  /** The input has ended, so that the bytes after the last separator are a record. */
  #ended = false;
  isStopped = false;
  #closed = false;
  /** After stop(): the bytes that the runtime had read beyond the last batch. */
  #leftover: Uint8Array | undefined;

  /** `longest`: most bytes of a record. `outlive`: the records are used after the next batch is requested. */
  constructor(open: () => Source, longest: number, separator: number = LINE_END, outlive = false) {
    this.#open = open;
    this.#longest = longest;
    this.#lines = new LineSplitter(separator);
    this.#outlive = outlive;
  }

  /**
   * Each batch is the splitter with the bytes just read; take all its records before requesting the next batch. After
   * stop(), a read in progress may still bring one batch. Rejects with a Failure when the input cannot be read or a
   * record is too long.
   */
  [Symbol.asyncIterator](): AsyncGenerator<LineSplitter> {
    return this.#read(() => this.isStopped, this.#outlive);
  }

  /** Share of the input that is read, 0 to 1, when the size is known. */
  get share(): number | undefined {
    const size = this.#source?.size;
    return size ? this.#bytes / size : undefined;
  }

  /** Number of records taken when the input may have more, which are then stored nowhere; undefined when nothing was read. */
  get taken(): number | undefined {
    return this.#ended || this.#bytes === 0 ? undefined : this.#lines.count;
  }

  /** Stops reading; rest() may still read the rest of a file. */
  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    if (this.#source === undefined || this.#source.size !== undefined) return;
    this.#leftover = this.#source.leftover?.();
    this.close();
  }

  /** Stops all reading, rest() included. */
  close(): void {
    this.#closed = true;
    this.#source?.close();
  }

  /**
   * Stops, then gives the records that were read and not taken, and the unread rest of a file, until close(). Gives only whole
   * records, because half a record would be another message. Rejects with a Failure when the input cannot be read.
   */
  async *rest(): AsyncGenerator<Iterable<Uint8Array>> {
    this.stop();
    this.#source ??= this.#open();
    const source = this.#source;
    const lines = this.#lines;
    const after = (chunk: Uint8Array | undefined): LineSplitter => {
      // The runtime may reuse the memory of the chunk.
      if (chunk !== undefined) lines.push(Buffer.from(chunk));
      return lines;
    };
    try {
      yield [
        ...lines,
        ...after(this.#leftover),
        // A read that could not be stopped may have brought bytes since.
        ...after(source.leftover?.()),
        ...after(lines.begun > 0 ? source.recordEnd?.(lines.separator) : undefined),
      ];
      if (source.size === undefined || this.#ended) return;
      // The result of the read in progress belongs to the iterator of batches, which hands it to the splitter.
      await this.#reading?.catch(() => {});
      if (!this.#closed) yield [...lines];
      yield* this.#read(() => this.#closed, true);
    } finally {
      this.close();
    }
  }

  async *#read(isOver: () => boolean, outlive: boolean): AsyncGenerator<LineSplitter> {
    const lines = this.#lines;
    while (!isOver()) {
      const chunk = await this.#chunk(isOver);
      this.#bytes += chunk?.length ?? 0;
      if (chunk !== undefined) lines.push(outlive ? Buffer.from(chunk) : chunk);
      if (isOver()) return;
      if (chunk === undefined) {
        this.#ended = true;
        lines.end();
      }
      yield lines;
      if (this.#ended) return;
      mustEnd(lines, this.#longest);
    }
  }

  /** Ignores the failure of a read that was abandoned. */
  #chunk(isOver: () => boolean): Promise<Uint8Array | undefined> {
    this.#source ??= this.#open();
    this.#reading = this.#source.read();
    return this.#reading.catch((error: unknown) => {
      if (!isOver()) throw error;
      return undefined;
    });
  }
}

/** Call this when all complete lines are taken. Throws a Failure when the next line is too long, and drops that line. */
export function mustEnd(lines: LineSplitter, longest: number): void {
  if (lines.begun <= longest) return;
  lines.forget();
  const [what, end] = lines.separator === NUL ? ['Record', 'a NUL'] : ['Line', 'a newline'];
  throw new Failure('file', {
    message: `${what} ${lines.count + 1} of standard input is longer than ${longest} bytes: end each message with ${end}, or send it in parts.`,
    status: FAILURES['invalid-input'].status,
  });
}

/** Says at which record to resume, after `count` records were sent or kept. */
export function takenLine(count: number, nul: boolean): string {
  const what = nul ? 'record' : 'line';
  return count === 0
    ? `Warning: No ${what} of standard input was accepted; start again at ${what} 1.\n`
    : `Warning: Standard input was accepted up to ${what} ${count}; continue at ${what} ${count + 1}.\n`;
}
