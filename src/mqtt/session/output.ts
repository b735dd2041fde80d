/** What a session sends: bytes for the broker, events for the owner and, with `trace`, an event per packet. */
import { Queue } from '../../util/queue.ts';
import { encodePacket } from '../codec.ts';
import { encodeAnswer } from '../packets/ack.ts';
import { encodePublish, encodeSlices, type PublishContent, type Slices } from '../packets/publish.ts';
import { NO_PROPERTIES } from '../properties.ts';
import type { AckType, Packet, ProtocolVersion } from '../types.ts';
import { Writer } from '../writer.ts';
import type { SessionEvent } from './events.ts';

export class SessionOutput {
  readonly version: ProtocolVersion;
  /** Whether each packet is reported as an event. */
  readonly trace: boolean;
  readonly #writer = new Writer();
  readonly #events = new Queue<SessionEvent>();
  /** Bytes of the largest packet that the broker accepts, if CONNACK named a limit. */
  limit = Number.POSITIVE_INFINITY;

  constructor(version: ProtocolVersion, trace: boolean) {
    this.version = version;
    this.trace = trace;
  }

  /** The connection ended or a new one begins: unsent output is dropped, and the limit of the previous broker does not apply. */
  reset(): void {
    this.#writer.clear();
    this.limit = Number.POSITIVE_INFINITY;
  }

  emit(event: SessionEvent): void {
    this.#events.push(event);
  }

  takeEvent(): SessionEvent | undefined {
    return this.#events.shift();
  }

  /** Returns false and writes nothing when the packet is longer than `limit` bytes. */
  send(packet: Packet, limit = Number.POSITIVE_INFINITY): boolean {
    if (encodePacket(this.#writer, packet, this.version, limit) === 0) return false;
    if (this.trace) this.emit({ type: 'trace', direction: 'sent', packet });
    return true;
  }

  /** Writes an acknowledgement without properties. */
  answer(type: AckType, packetId: number, code: number): void {
    encodeAnswer(this.#writer, type, packetId, code, this.version);
    if (this.trace)
      this.emit({ type: 'trace', direction: 'sent', packet: { type, packetId, code, properties: NO_PROPERTIES } });
  }

  /** Returns false when the packet is too large for the broker. `mid`: the number that it counts as; `packetId` is 0 at QoS 0. */
  publish(content: PublishContent, packetId: number, mid: number, dup: boolean): boolean {
    if (encodePublish(this.#writer, content, packetId, dup, this.version, this.limit) === 0) return false;
    if (this.trace)
      this.emit({ type: 'trace', direction: 'sent', mid, packet: { type: 'publish', dup, packetId, ...content } });
    return true;
  }

  /** How many of the slices were put into the output, counted from the first. */
  publishSlices(content: PublishContent, slices: Slices): number {
    return encodeSlices(this.#writer, content, slices, this.version, this.limit);
  }

  /** A packet arrived. */
  received(packet: Packet): void {
    if (this.trace) this.emit({ type: 'trace', direction: 'received', packet });
  }

  /** The next chunk to write: everything since the last call, usually in one piece. */
  take(): Uint8Array | undefined {
    return this.#writer.take();
  }

  /** Every chunk taken so far is written, so its memory can be reused. */
  reuse(): void {
    this.#writer.reuse();
  }

  /** Bytes of acknowledgements (PUBACK and others) since reuse() was last called. */
  get answerBytes(): number {
    return this.#writer.answerBytes;
  }

  get hasWork(): boolean {
    return this.#events.length > 0 || this.#writer.pending > 0;
  }
}
