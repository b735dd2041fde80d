/**
 * Standard input in batches of the records that came together: how long a record may be, what is left when the reading is
 * stopped, and where the input is to be taken up again.
 */
import type { PubPlan } from '../../cli/plan/types.ts';
import { FAILURES, Failure } from '../../errors.ts';
import { MAX_REMAINING_LENGTH } from '../../mqtt/types.ts';
import type { Source } from '../../runtime/io.ts';
import { LINE_END, LineSplitter, NUL } from './line-splitter.ts';

/** Room for a payload, with a topic before it. That a message is too long for a packet is found when it is made. */
export const LONGEST_LINE = MAX_REMAINING_LENGTH;

/** Room for the longest payload in Base64. The engine makes no text of more than 512 MiB. */
export const LONGEST_JSON_LINE = 384 * 1024 * 1024;

/** Standard input as the plan says that it is to be read. It is opened when the first batch is asked for. */
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
  /** The read under way, or the last one. */
  #reading: Promise<Uint8Array | undefined> | undefined;
  #bytes = 0;
  /** There is nothing more: what stands behind the last separator is a record. */
  #ended = false;
  isStopped = false;
  #closed = false;
  /** When it was stopped: what the runtime had read behind that. */
  #leftover: Uint8Array | undefined;

  /** `longest`: the most bytes of a record. `outlive`: records are needed for longer than until the next batch is asked for. */
  constructor(open: () => Source, longest: number, separator: number = LINE_END, outlive = false) {
    this.#open = open;
    this.#longest = longest;
    this.#lines = new LineSplitter(separator);
    this.#outlive = outlive;
  }

  /**
   * Each batch is the splitter, with what was read now: all of it is to be taken before the next one is asked for. There is
   * none after stop(), but what a read under way brings may come then. Rejects with a Failure when the input cannot be read,
   * or a record is too long.
   */
  [Symbol.asyncIterator](): AsyncGenerator<LineSplitter> {
    return this.#read(() => this.isStopped, this.#outlive);
  }

  /** How much of the input is read, 0 to 1, where that is known. */
  get share(): number | undefined {
    const size = this.#source?.size;
    return size ? this.#bytes / size : undefined;
  }

  /** How many records were taken, when there may be more, and so are not in any place; undefined when nothing was read. */
  get taken(): number | undefined {
    return this.#ended || this.#bytes === 0 ? undefined : this.#lines.count;
  }

  /** Nothing more is read, but the rest of a file when it is asked for. */
  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    if (this.#source === undefined || this.#source.size !== undefined) return;
    this.#leftover = this.#source.leftover?.();
    this.close();
  }

  /** Nothing more is read at all. */
  close(): void {
    this.#closed = true;
    this.#source?.close();
  }

  /**
   * Stops, and gives what was read and not taken, and of a file also what is unread, until it is closed. Only whole records:
   * half of one would be another message. Rejects with a Failure when the input cannot be read.
   */
  async *rest(): AsyncGenerator<Iterable<Uint8Array>> {
    this.stop();
    this.#source ??= this.#open();
    const source = this.#source;
    const lines = this.#lines;
    const after = (chunk: Uint8Array | undefined): LineSplitter => {
      // The chunk may be the runtime's own.
      if (chunk !== undefined) lines.push(Buffer.from(chunk));
      return lines;
    };
    try {
      yield [
        ...lines,
        ...after(this.#leftover),
        // A read that could not be stopped may have brought something since.
        ...after(source.leftover?.()),
        ...after(lines.begun > 0 ? source.recordEnd?.(lines.separator) : undefined),
      ];
      if (source.size === undefined || this.#ended) return;
      // The read that was under way is for whoever reads batches, and is only handed to the splitter there.
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

  /** The failure of a read that was given up is none. */
  #chunk(isOver: () => boolean): Promise<Uint8Array | undefined> {
    this.#source ??= this.#open();
    this.#reading = this.#source.read();
    return this.#reading.catch((error: unknown) => {
      if (!isOver()) throw error;
      return undefined;
    });
  }
}

/** To be called when all complete lines are taken. Throws a Failure when the next one is too long; it is forgotten then. */
export function mustEnd(lines: LineSplitter, longest: number): void {
  if (lines.begun <= longest) return;
  lines.forget();
  const [what, end] = lines.separator === NUL ? ['Record', 'a NUL'] : ['Line', 'a newline'];
  throw new Failure('file', {
    message: `${what} ${lines.count + 1} of standard input is longer than ${longest} bytes: end each message with ${end}, or send it in parts.`,
    status: FAILURES['invalid-input'].status,
  });
}

/** `count` records were taken: they are sent, or kept. Says where to go on. */
export function takenLine(count: number, nul: boolean): string {
  const what = nul ? 'record' : 'line';
  return count === 0
    ? `Warning: Nothing of standard input is taken; begin with ${what} 1.\n`
    : `Warning: What was read is taken up to ${what} ${count}; go on with ${what} ${count + 1}.\n`;
}
