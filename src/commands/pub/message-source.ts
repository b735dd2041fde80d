/** Where tspub gets its messages from, and the source of a single message, sent once or repeatedly (`--repeat`). */

import type { PubPlan } from '../../cli/plan/types.ts';
import type { Failure } from '../../errors.ts';
import type { Slices } from '../../mqtt/packets/publish.ts';
import type { QoS } from '../../mqtt/types.ts';
import type { Clock } from '../../runtime/io.ts';
import type { Millis } from '../../util/millis.ts';
import type { RecordMessage } from '../input/record.ts';
import type { WorkProgress } from '../terminal/progress.ts';

/** Where a source sends its messages. */
export interface Outlet {
  canSend(qos: QoS): boolean;
  /** `record` is stored when the message is not delivered. */
  send(message: RecordMessage, record: Uint8Array): void;
  /** Sends as many of the first slices as may be sent now, and returns their number. Only for payloads that are not stored. */
  sendSlices?(slices: Slices): number;
  /** Stores records that are not sent. */
  keep(records: Iterable<Uint8Array>): void;
  /** A record is invalid, so neither it nor later ones are sent. Returns true to store them all, false to end the source. */
  unreadable(failure: Failure): boolean;
}

export interface MessageSource {
  /** Sends the messages no faster than the broker accepts them. Rejects with a Failure when the input cannot be read. */
  start(out: Outlet): Promise<void>;
  /** True when no more messages will be sent. */
  readonly isOver: boolean;
  /** The broker may accept more messages. */
  resume(): void;
  /** A message has its outcome. */
  settled(): void;
  /** Stops sending; later messages go to Outlet.keep(). */
  keep(): void;
  /** Stops sending, and reads no more input except for rest(). */
  stop(): void;
  /** Ends rest() too. */
  close(): void;
  /** Stops, and gives the unsent records in batches. Rejects with a Failure when the input cannot be read. */
  rest(): AsyncIterable<Iterable<Uint8Array>>;
  /** Number of records taken from standard input, when it may have more. */
  readonly taken: number | undefined;
  /** The progress that the source knows, besides the number of messages sent. */
  progress(): Partial<WorkProgress>;
}

/** With --repeat at QoS 0: most bytes sent without a pause, and the size of a packet without its payload. */
const MOST_IN_ROW = 256 * 1024;
const PACKET_BYTES = 100;

export class OneMessage implements MessageSource {
  readonly #message: RecordMessage;
  readonly #repeat: number;
  readonly #delay: Millis;
  readonly #clock: Clock;
  #out: Outlet | undefined;
  #sent = 0;
  /** Bytes sent since the last pause. */
  #row = 0;
  /** True when the next message waits for the connection. */
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

  /** A message has its outcome, so the next one may be due. */
  settled(): void {
    if (this.isOver) return;
    if (this.#sent >= this.#repeat) {
      this.isOver = true;
      return;
    }
    // At QoS 0 each message has its outcome at once, so without a pause all of them would be in memory before one is written.
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

  /** Repeats at QoS 0 no faster than the broker accepts messages. */
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
