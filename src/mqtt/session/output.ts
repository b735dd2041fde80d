/** What comes out of a session: bytes for the server, events for the owner; and, with `trace`, an event for each packet. */
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
  /** Packets are reported one by one. */
  readonly trace: boolean;
  readonly #writer = new Writer();
  readonly #events = new Queue<SessionEvent>();
  /** Bytes of the largest packet that the server takes, as far as it has said. */
  limit = Number.POSITIVE_INFINITY;

  constructor(version: ProtocolVersion, trace: boolean) {
    this.version = version;
    this.trace = trace;
  }

  /** A new connection, or none: what was meant for the old one goes nowhere, and what its server took is not known of the next. */
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

  /** False, and nothing is written: the packet is longer than `limit`. */
  send(packet: Packet, limit = Number.POSITIVE_INFINITY): boolean {
    if (encodePacket(this.#writer, packet, this.version, limit) === 0) return false;
    if (this.trace) this.emit({ type: 'trace', direction: 'sent', packet });
    return true;
  }

  /** An acknowledgement with nothing but its code. */
  answer(type: AckType, packetId: number, code: number): void {
    encodeAnswer(this.#writer, type, packetId, code, this.version);
    if (this.trace)
      this.emit({ type: 'trace', direction: 'sent', packet: { type, packetId, code, properties: NO_PROPERTIES } });
  }

  /** False: it is too large for the server. `mid`: the number that it counts as; `packetId` is 0 at QoS 0. */
  publish(content: PublishContent, packetId: number, mid: number, dup: boolean): boolean {
    if (encodePublish(this.#writer, content, packetId, dup, this.version, this.limit) === 0) return false;
    if (this.trace)
      this.emit({ type: 'trace', direction: 'sent', mid, packet: { type: 'publish', dup, packetId, ...content } });
    return true;
  }

  /** How many of the slices now stand in the output, from the first on. */
  publishSlices(content: PublishContent, slices: Slices): number {
    return encodeSlices(this.#writer, content, slices, this.version, this.limit);
  }

  /** A packet came. */
  received(packet: Packet): void {
    if (this.trace) this.emit({ type: 'trace', direction: 'received', packet });
  }

  /** The next chunk to write: everything since the last call, mostly as one. */
  take(): Uint8Array | undefined {
    return this.#writer.take();
  }

  /** All that was taken is written, so that the memory it lies in can be used again. */
  reuse(): void {
    this.#writer.reuse();
  }

  /** Bytes of answers (PUBACK and so on) since reuse() was last called. */
  get answerBytes(): number {
    return this.#writer.answerBytes;
  }

  get hasWork(): boolean {
    return this.#events.length > 0 || this.#writer.pending > 0;
  }
}
