/** Where tspub has its messages from, and the source that is one message, sent once or (`--repeat`) again and again. */

import type { PubPlan } from '../../cli/plan/types.ts';
import type { Failure } from '../../errors.ts';
import type { Slices } from '../../mqtt/packets/publish.ts';
import type { QoS } from '../../mqtt/types.ts';
import type { Clock } from '../../runtime/io.ts';
import type { Millis } from '../../util/millis.ts';
import type { RecordMessage } from '../input/record.ts';
import type { WorkProgress } from '../terminal/progress.ts';

/** What a source hands its messages to. */
export interface Outlet {
  canSend(qos: QoS): boolean;
  /** `record` is what is kept of the message when it does not arrive. */
  send(message: RecordMessage, record: Uint8Array): void;
  /** Where records are payloads and need not be kept: sends as many as can go at once, from the first on; returns how many. */
  sendSlices?(slices: Slices): number;
  /** Takes records that are not sent. */
  keep(records: Iterable<Uint8Array>): void;
  /** A record cannot be sent, and nothing after it is. True when it and the rest are to be kept; false ends the source. */
  unreadable(failure: Failure): boolean;
}

export interface MessageSource {
  /** Hands on the messages, no faster than the server takes them. Rejects with a Failure when the input cannot be read. */
  start(out: Outlet): Promise<void>;
  /** All messages were handed on, or no more will be. */
  readonly isOver: boolean;
  /** The server may take more. */
  resume(): void;
  /** A message has its outcome. */
  settled(): void;
  /** Sends nothing more: hands on what comes from now on to be kept. */
  keep(): void;
  /** Sends nothing more, and reads nothing more but for rest(). */
  stop(): void;
  /** Ends also rest(). */
  close(): void;
  /** Stops, and gives what was not handed on, in batches. Rejects with a Failure when the input cannot be read. */
  rest(): AsyncIterable<Iterable<Uint8Array>>;
  /** How many records of standard input were taken, when there may be more. */
  readonly taken: number | undefined;
  /** What it knows of how far it is, besides how many messages were sent. */
  progress(): Partial<WorkProgress>;
}

/** With --repeat at QoS 0: bytes that are sent without a break, and what a packet counts besides its payload. */
const MOST_IN_ROW = 256 * 1024;
const PACKET_BYTES = 100;

export class OneMessage implements MessageSource {
  readonly #message: RecordMessage;
  readonly #repeat: number;
  readonly #delay: Millis;
  readonly #clock: Clock;
  #out: Outlet | undefined;
  #sent = 0;
  /** Bytes since there was a break. */
  #row = 0;
  /** The next one waits for the connection. */
  #stalled = false;
  isOver = false;
  readonly taken = undefined;

  constructor({ topic, qos, retain, properties, repeat, repeatDelay }: PubPlan, payload: Uint8Array, clock: Clock) {
    this.#message = { topic, payload, qos, retain, properties };
    this.#repeat = repeat;
    this.#delay = repeatDelay;
    this.#clock = clock;
  }

  async start(out: Outlet): Promise<void> {
    this.#out = out;
    this.#send();
    if (this.#repeat === 1) this.isOver = true;
  }

  resume(): void {
    if (this.#stalled) this.#sendAgain();
  }

  /** Time for the next one. */
  settled(): void {
    if (this.isOver) return;
    if (this.#sent >= this.#repeat) {
      this.isOver = true;
      return;
    }
    // At QoS 0 the outcome is there at once, so without a break all would be in memory before any of it is written.
    const { qos, payload } = this.#message;
    this.#row += PACKET_BYTES + payload.length;
    if (this.#delay === 0 && (qos > 0 || this.#row < MOST_IN_ROW)) return this.#sendAgain();
    this.#row = 0;
    this.#clock.callAt(this.#clock.now() + this.#delay, () => this.#sendAgain());
  }

  keep(): void {}

  stop(): void {
    this.isOver = true;
  }

  close(): void {}

  async *rest(): AsyncGenerator<Iterable<Uint8Array>> {
    yield this.#unsent();
  }

  progress(): Partial<WorkProgress> {
    if (this.#repeat > 1) return { total: this.#repeat };
    return { bytes: this.#message.payload.length };
  }

  *#unsent(): Generator<Uint8Array> {
    for (let i = this.#sent; i < this.#repeat; i++) yield this.#message.payload;
  }

  /** At QoS 0 no faster than the server takes it. */
  #sendAgain(): void {
    if (this.isOver) return;
    this.#stalled = this.#message.qos === 0 && !this.#out!.canSend(0);
    if (!this.#stalled) this.#send();
  }

  #send(): void {
    this.#sent++;
    this.#out!.send(this.#message, this.#message.payload);
  }
}
