/** A session with its time, bytes in notation on both sides, and events as plain values. */
import { expect } from 'vitest';
import { decodePacket, encodePacket } from '../../../src/mqtt/codec.ts';
import { Framer } from '../../../src/mqtt/framer.ts';
import type { PublishContent } from '../../../src/mqtt/packets/publish.ts';
import { Reader } from '../../../src/mqtt/reader.ts';
import type { Delivery, SessionEvent } from '../../../src/mqtt/session/events.ts';
import type { InflightStore, SavedFlights } from '../../../src/mqtt/session/inflight-store.ts';
import type { SessionOptions } from '../../../src/mqtt/session/options.ts';
import { Session } from '../../../src/mqtt/session/session.ts';
import type { Packet } from '../../../src/mqtt/types.ts';
import { Writer } from '../../../src/mqtt/writer.ts';
import { bytes } from '../notation.ts';
import { plain } from '../wire.ts';

export const OPTIONS: SessionOptions = {
  version: 5,
  clientId: 'c',
  clean: true,
  keepAlive: 60,
  properties: [],
  disconnectProperties: [],
  maxInflight: 20,
  trace: false,
};

export function content(qos: 0 | 1 | 2 = 1, rest: Partial<PublishContent> = {}): PublishContent {
  return { topic: 't', payload: Buffer.from('x'), qos, retain: false, properties: [], ...rest };
}

/** A store that records every call. */
export class MemoryStore implements InflightStore {
  readonly reported: string[] = [];
  committed: { readonly lastPacketId: number; readonly window: number } | undefined;
  isBroken = false;
  readonly #saved: SavedFlights | undefined;

  constructor(saved?: SavedFlights) {
    this.#saved = saved;
  }

  load(): SavedFlights | undefined {
    this.reported.push('load');
    return this.#saved;
  }

  restarted = (): void => void this.reported.push('restarted');
  sending = (id: number, again: boolean): void => void this.reported.push(`sending ${id}${again ? ' again' : ''}`);
  received = (id: number): void => void this.reported.push(`received ${id}`);
  released = (id: number): void => void this.reported.push(`released ${id}`);
  settled = (id: number, code: number): void => void this.reported.push(`settled ${id} ${code}`);
  pong = (): void => void this.reported.push('pong');

  commit(lastPacketId: number, window: number): boolean {
    this.committed = { lastPacketId, window };
    return !this.isBroken;
  }
}

export class Harness {
  now = 0;
  readonly session: Session;
  readonly options: SessionOptions;

  constructor(options: Partial<SessionOptions> = {}) {
    this.options = { ...OPTIONS, ...options };
    this.session = new Session(this.options);
  }

  /** Opens a transport and receives CONNACK; drops the output and the events before `connected`. */
  connect(connack = this.options.version === 5 ? '20 {00 00 {}}' : '20 {00 00}'): this {
    this.session.transportOpened(this.now);
    this.out();
    return this.in(connack);
  }

  /** The same for a CONNACK with session present. */
  resume(): this {
    return this.connect(this.options.version === 5 ? '20 {01 00 {}}' : '20 {01 00}');
  }

  /** The transport breaks. */
  drop(): this {
    this.session.transportClosed();
    return this;
  }

  in(notation: string): this {
    this.session.receive(bytes(notation), this.now);
    return this;
  }

  /** Moves the time, calling tick() at each deadline. */
  at(now: number): this {
    for (
      let next = this.session.nextDeadline();
      next !== undefined && next <= now;
      next = this.session.nextDeadline()
    ) {
      this.now = next;
      this.session.tick(next);
      expect(this.session.nextDeadline() ?? Infinity).toBeGreaterThan(next);
    }
    this.now = now;
    return this;
  }

  raw(): Buffer {
    const chunks: Uint8Array[] = [];
    for (let chunk = this.session.takeOutput(this.now); chunk !== undefined; chunk = this.session.takeOutput(this.now))
      chunks.push(Uint8Array.from(chunk));
    return Buffer.concat(chunks);
  }

  /** Output since the last call, in hex. */
  out(): string {
    return this.raw().toString('hex');
  }

  /** Output since the last call, decoded. */
  packets(): Packet[] {
    return decodeAll(this.raw(), this.options.version);
  }

  /** The same as `type id`. */
  sent(): string[] {
    return this.packets().map((packet) => {
      const dup = packet.type === 'publish' && packet.dup ? ' dup' : '';
      return 'packetId' in packet ? `${packet.type} ${packet.packetId}${dup}` : packet.type;
    });
  }

  events(): SessionEvent[] {
    const events: SessionEvent[] = [];
    for (let event = this.session.takeEvent(); event !== undefined; event = this.session.takeEvent())
      events.push(event);
    return events;
  }

  plainEvents(): unknown[] {
    return this.events().map(plain);
  }

  types(): string[] {
    return this.events().map(({ type }) => type);
  }

  /** The messages reported since the last call; other events are dropped. */
  messages(): { topic: string; payload: string; delivery: Delivery }[] {
    return this.events().flatMap((event) =>
      event.type === 'message'
        ? [
            {
              topic: event.packet.topic,
              payload: Buffer.from(event.packet.payload).toString(),
              delivery: event.delivery,
            },
          ]
        : [],
    );
  }

  /** Expects exactly these bytes, in notation. */
  expectOut(notation: string): this {
    expect(this.out()).toBe(bytes(notation).toString('hex'));
    return this;
  }

  /** Expects that the session failed with this reason code, and nothing else after it. */
  expectFailed(code: number): void {
    const last = this.events().at(-1);
    expect(last).toMatchObject({ type: 'failed', error: { code } });
  }
}

export function decodeAll(stream: Uint8Array, version: 3 | 4 | 5): Packet[] {
  const framer = new Framer(version);
  const reader = new Reader();
  const packets: Packet[] = [];
  framer.push(stream);
  while (framer.next()) {
    reader.open(framer.data, framer.start, framer.end);
    packets.push(decodePacket(reader, framer.header, version));
  }
  return packets;
}

export function encodeAll(packets: readonly Packet[], version: 3 | 4 | 5): Buffer {
  const writer = new Writer();
  for (const packet of packets) encodePacket(writer, packet, version);
  const chunks: Uint8Array[] = [];
  for (let chunk = writer.take(); chunk !== undefined; chunk = writer.take()) chunks.push(chunk);
  return Buffer.concat(chunks);
}
