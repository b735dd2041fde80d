/** Standard input, record by record, and no faster than the server takes it. */
import { Failure } from '../../errors.ts';
import type { Slices } from '../../mqtt/packets/publish.ts';
import type { QoS } from '../../mqtt/types.ts';
import type { Io, Source } from '../../runtime/io.ts';
import { mustEnd } from '../input/line-limit.ts';
import { LINE_END, LineSplitter, NUL } from '../input/line-splitter.ts';
import type { ReadRecord, RecordMessage } from '../input/record.ts';
import type { Pacer } from './replay.ts';

export interface Outlet {
  canSend(qos: QoS): boolean;
  /** `record` is what the message was read from. */
  send(message: RecordMessage, record: Uint8Array): void;
  /** Where records are payloads and need not be kept: sends as many as can go at once, from the first on; returns how many. */
  sendSlices?(slices: Slices): number;
  /** Takes a record that is not sent. */
  keep(record: Uint8Array): void;
  /** So many records were kept for now. */
  kept(): void;
  /** A record cannot be sent, and nothing after it is. True when it and the rest are to be kept; false ends the run of the feed. */
  unreadable(failure: Failure): boolean;
}

export interface FeedOptions {
  readonly io: Io;
  readonly read: ReadRecord;
  /** The most bytes of a record. */
  readonly longest: number;
  readonly outlet: Outlet;
  /** Records end in NUL, not in LF. */
  readonly nul: boolean;
  /** A record must outlive the memory that it was read into. */
  readonly outlives: boolean;
  readonly pacer?: Pacer | undefined;
}

export class Feed {
  readonly #io: Io;
  readonly #read: ReadRecord;
  readonly #longest: number;
  readonly #nul: boolean;
  readonly #outlet: Outlet;
  readonly #outlives: boolean;
  readonly #pacer: Pacer | undefined;
  readonly #separator: number;
  readonly #lines: LineSplitter;
  #source: Source | undefined;
  /** The read under way, or the last one. */
  #reading: Promise<Uint8Array | undefined> | undefined;
  /** There is nothing more: what stands behind the last separator is a record. */
  #ended = false;
  #inputBytes = 0;
  /** When it was stopped: what the runtime had read behind that. */
  #leftover: Uint8Array | undefined;
  /** A record that waits for its time or for the window, and its message. */
  #held: Uint8Array | undefined;
  #message: RecordMessage | undefined;
  /** Nothing more is sent, everything is kept. */
  #keeping = false;
  #stopped = false;
  #closed = false;
  /** Set while the input waits for the window to open. */
  #proceed: (() => void) | undefined;

  constructor({ io, read, longest, outlet, nul, outlives, pacer }: FeedOptions) {
    this.#io = io;
    this.#read = read;
    this.#longest = longest;
    this.#nul = nul;
    this.#outlet = outlet;
    this.#outlives = outlives;
    this.#pacer = pacer;
    this.#separator = nul ? NUL : LINE_END;
    this.#lines = new LineSplitter(this.#separator);
  }

  /** How much of the input is read, 0 to 1, where that is known. */
  get share(): number | undefined {
    const size = this.#source?.size;
    return size ? this.#inputBytes / size : undefined;
  }

  /** Resolves when all was handed on. Rejects with a Failure when the input cannot be read. */
  async run(): Promise<void> {
    const lines = this.#lines;
    if (this.#stopped) return;
    for (let chunk = await this.#chunk(); chunk !== undefined; chunk = await this.#chunk()) {
      this.#inputBytes += chunk.length;
      lines.push(this.#outlives ? Buffer.from(chunk) : chunk);
      if (this.#stopped) return;
      for (let line = this.#next(); line !== undefined; line = this.#next()) {
        const wait = this.#take(line);
        if (wait !== undefined) {
          await wait;
          this.#handOver();
        }
        if (this.#stopped) return;
      }
      if (this.#keeping) this.#outlet.kept();
      mustEnd(lines, this.#longest, this.#nul);
    }
    if (this.#stopped) return;
    this.#ended = true;
    const rest = lines.rest();
    const wait = rest === undefined ? undefined : this.#take(rest);
    if (wait === undefined) return;
    await wait;
    this.#handOver();
  }

  /** The server may take more. */
  resume(): void {
    if (this.#proceed === undefined || !this.#outlet.canSend(this.#message!.qos)) return;
    const proceed = this.#proceed;
    this.#proceed = undefined;
    proceed();
  }

  /** What comes from now on, and what waits, is kept. */
  keep(): void {
    this.#keeping = true;
    this.#pacer?.hurry();
    this.#proceed?.();
  }

  /** Nothing more is sent, and nothing more is read but the rest of a file, when it is to be kept. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#pacer?.stop();
    this.#proceed = undefined;
    if (this.#source === undefined || this.#isFile) return;
    this.#leftover = this.#source?.leftover?.();
    this.close();
  }

  close(): void {
    this.#closed = true;
    this.#source?.close();
  }

  /**
   * Keeps what was read and neither sent nor kept, and of a file also what is unread, until it is closed. Only whole records:
   * half of one would be another message. Rejects with a Failure when the input cannot be read.
   */
  async keepRest(): Promise<void> {
    this.stop();
    this.#source ??= this.#io.stdin();
    if (this.#held !== undefined) this.#outlet.keep(this.#held);
    this.#held = undefined;
    this.#keepLines();
    this.#keepLines(this.#leftover);
    // A read that could not be stopped may have brought something since.
    this.#keepLines(this.#source.leftover?.());
    if (this.#lines.begun > 0) this.#keepLines(this.#source.recordEnd?.(this.#separator));
    if (this.#isFile) await this.#keepFile();
    const last = this.#ended ? this.#lines.rest() : undefined;
    if (last !== undefined) this.#outlet.keep(last);
  }

  /** How many records were taken, when there may be more, and so are not in any place; undefined when nothing was read. */
  get taken(): number | undefined {
    return this.#ended || this.#inputBytes === 0 ? undefined : this.#lines.count;
  }

  get #isFile(): boolean {
    return this.#source?.size !== undefined;
  }

  async #keepFile(): Promise<void> {
    // The read that was under way is for run(), which looks at it first and only hands it to the splitter.
    await this.#reading?.catch(() => {});
    if (!this.#closed) this.#keepLines();
    while (!this.#ended && !this.#closed) {
      const chunk = await this.#chunk();
      if (this.#closed) return;
      this.#ended = chunk === undefined;
      this.#inputBytes += chunk?.length ?? 0;
      this.#keepLines(chunk);
      mustEnd(this.#lines, this.#longest, this.#nul);
    }
  }

  #chunk(): Promise<Uint8Array | undefined> {
    this.#source ??= this.#io.stdin();
    this.#reading = this.#source.read();
    return this.#reading;
  }

  #keepLines(chunk?: Uint8Array): void {
    // What is kept outlives the memory that it was read into.
    if (chunk !== undefined) this.#lines.push(Buffer.from(chunk));
    for (let line = this.#lines.next(); line !== undefined; line = this.#lines.next()) this.#outlet.keep(line);
    this.#outlet.kept();
  }

  /** The next record that is not sent in a row with others. */
  #next(): Uint8Array | undefined {
    const { sendSlices } = this.#outlet;
    if (sendSlices === undefined) return this.#lines.next();
    for (let slices = this.#lines.slices(); slices !== undefined; slices = this.#lines.slices()) {
      const count = sendSlices(slices);
      this.#lines.skip(count);
      if (count < slices.count) break;
    }
    return this.#lines.next();
  }

  /** Hands the record on; or, when that has to wait, holds it, and the promise resolves when handOver() may be called. */
  #take(record: Uint8Array): Promise<void> | undefined {
    if (this.#keeping) {
      this.#outlet.keep(record);
      return undefined;
    }
    let message: RecordMessage | undefined;
    try {
      message = this.#read(record);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#keeping = this.#outlet.unreadable(error);
      if (this.#keeping) this.#outlet.keep(record);
      else this.stop();
      return undefined;
    }
    if (message === undefined) return undefined;
    const itsTime = this.#pacer?.until(message.recorded ?? 0);
    if (itsTime === undefined && this.#outlet.canSend(message.qos)) {
      this.#outlet.send(message, record);
      return undefined;
    }
    this.#held = record;
    this.#message = message;
    return itsTime === undefined ? this.#window() : this.#both(itsTime);
  }

  async #both(itsTime: Promise<void>): Promise<void> {
    await itsTime;
    if (!this.#keeping && !this.#outlet.canSend(this.#message!.qos)) await this.#window();
  }

  /** Resolves when one more message may go out. */
  #window(): Promise<void> {
    return new Promise((resolve) => {
      this.#proceed = resolve;
    });
  }

  #handOver(): void {
    const record = this.#held;
    if (record === undefined || this.#stopped) return;
    this.#held = undefined;
    if (this.#keeping) this.#outlet.keep(record);
    else this.#outlet.send(this.#message!, record);
  }
}
