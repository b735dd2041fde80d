// What the besieging broker does at its moment.
import type { Packet } from '../../src/mqtt/types.ts';
import type { SiegeConnection } from './siege-broker.ts';
import {
  floodBlocks,
  GARBAGE,
  NOTHING,
  packet,
  propertiesOf,
  publish,
  reasonString,
  suback,
  subscriptionIdentifiers,
  u16,
  userProperties,
} from './siege-packets.ts';
import type { Act, Next } from './siege-plan.ts';

/** A flood that is not taken is given up after this. */
const FLOOD_MS = 2500;
/** How long a socket that is not read any more is kept after its end was sent. */
const LINGER_MS = 1500;
/** The packet identifier of a message that is a bomb. */
const BOMB_ID = 19_999;

type Of<Name extends Act['do']> = Extract<Act, { do: Name }>;

export class SiegeActs {
  readonly #connection: SiegeConnection;

  constructor(connection: SiegeConnection) {
    this.#connection = connection;
  }

  /** `at`: the packet that was read, if it counts as read. */
  run(act: Act, at: Packet | undefined): void {
    const connection = this.#connection;
    switch (act.do) {
      case 'end':
        return this.#end(act);
      case 'silence':
        connection.mute = true;
        connection.log.isDead = true;
        return;
      case 'deaf':
        connection.mute = true;
        connection.log.isDead = true;
        return connection.stopReading();
      case 'drip':
        return this.#drip(act);
      case 'flood':
        return void this.#flood(act);
      case 'bomb':
        return this.#bomb(act, at);
      case 'oversize':
        return this.#oversize(act, at);
      case 'garbage':
        this.#send(GARBAGE[act.what]);
        return this.#go(act.next);
      case 'refuse':
        if (at !== undefined) connection.answer(at, act.code, this.#isV5 ? reasonString(act.text) : NOTHING);
        if (at?.type === 'connect') connection.stream.end();
        return;
      case 'disconnect':
        return this.#disconnect(act);
      case 'twice':
        if (at === undefined) return;
        connection.answer(at);
        return connection.answer(at);
      case 'limits':
        if (at !== undefined) connection.answer(at, undefined, this.#limits(act));
        return;
      case 'session present':
        this.#send(packet(0x20, Buffer.from([1, 0]), this.#isV5 ? propertiesOf() : NOTHING));
        connection.log.accepted = true;
        return;
    }
  }

  get #isV5(): boolean {
    return this.#connection.broker.plan.version === 5;
  }

  #send(bytes: Buffer): void {
    this.#connection.write(bytes);
  }

  #end({ how, hold, bare }: Of<'end'>): void {
    const connection = this.#connection;
    const { wire, stream } = connection;
    connection.mute = true;
    // With a hold it does not read what comes until then either.
    if (how !== 'half') connection.stopReading();
    this.#later(hold, () => {
      if (how === 'reset') return void wire.raw.resetAndDestroy();
      if (how === 'destroy') return void wire.raw.destroy();
      if (bare) wire.end();
      else stream.end();
      if (how === 'fin') this.#later(LINGER_MS, () => wire.destroy());
    });
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(act, ms);
    this.#connection.wire.once('close', () => clearTimeout(timer));
  }

  #drip({ every }: Of<'drip'>): void {
    const connection = this.#connection;
    connection.mute = true;
    connection.log.isDead = true;
    const { lastLife } = connection.log;
    const bytes = publish('siege', 'm-0 '.padEnd(100_000), 0, 0, connection.broker.plan.version);
    let at = 0;
    const timer = setInterval(() => {
      this.#send(bytes.subarray(at, at + 1));
      at++;
      // It is not life: no packet of it is ever whole.
      connection.log.lastLife = lastLife;
    }, every);
    connection.wire.once('close', () => clearInterval(timer));
  }

  #bomb({ on, what, bytes, size }: Of<'bomb'>, at: Packet | undefined): void {
    const connection = this.#connection;
    if (at === undefined) return;
    if (on === 'answer') return connection.answer(at, undefined, userProperties(bytes, size));
    connection.answer(at);
    connection.send(
      'bomb',
      BOMB_ID,
      what === 'user properties' ? userProperties(bytes, size) : subscriptionIdentifiers(bytes),
    );
  }

  async #flood({ packets, bytes, size, reads, next }: Of<'flood'>): Promise<void> {
    const connection = this.#connection;
    const { stream } = connection;
    if (!reads) connection.stopReading();
    const until = Date.now() + FLOOD_MS;
    for (const block of floodBlocks(packets, bytes, size, connection.broker.plan.version)) {
      if (stream.destroyed || stream.writableEnded || Date.now() > until) break;
      if (connection.write(block)) await new Promise((resolve) => setImmediate(resolve));
      else if (!(await this.#drained(until - Date.now()))) break;
    }
    if (!stream.destroyed) this.#go(next);
  }

  /** Whether there is room again, before the time is up or the connection over. */
  #drained(milliseconds: number): Promise<boolean> {
    const { stream, wire } = this.#connection;
    return new Promise((resolve) => {
      const settle = (value: boolean): void => {
        clearTimeout(timer);
        stream.off('drain', roomy);
        wire.off('close', gone);
        resolve(value);
      };
      const roomy = (): void => settle(true);
      const gone = (): void => settle(false);
      const timer = setTimeout(gone, milliseconds);
      stream.once('drain', roomy);
      wire.once('close', gone);
    });
  }

  /** A SUBACK of many codes, or a long message. */
  #oversize({ bytes }: Of<'oversize'>, at: Packet | undefined): void {
    const { version } = this.#connection.broker.plan;
    if (at?.type === 'subscribe') return this.#send(suback(at.packetId, Buffer.alloc(bytes), version));
    this.#send(publish('siege', 'long'.padEnd(bytes, 'x'), 0, 0, version));
    if (at !== undefined) this.#connection.answer(at);
  }

  #disconnect({ code, text, closes }: Of<'disconnect'>): void {
    const connection = this.#connection;
    this.#send(this.#isV5 ? packet(0xe0, Buffer.from([code]), propertiesOf(reasonString(text))) : packet(0xe0));
    connection.mute = true;
    connection.stopReading();
    if (closes) this.#later(50, () => connection.stream.end());
    else connection.log.isDead = true;
  }

  #limits({ receiveMaximum, maximumPacketSize, aliases }: Of<'limits'>): Buffer {
    if (!this.#isV5) return NOTHING;
    const size = Buffer.alloc(4);
    size.writeUInt32BE(maximumPacketSize);
    return Buffer.concat([
      ...[Buffer.from([0x21]), u16(receiveMaximum)],
      ...[Buffer.from([0x27]), size],
      ...[Buffer.from([0x22]), u16(aliases)],
    ]);
  }

  #go(next: Next): void {
    const connection = this.#connection;
    if (next === 'go on') return;
    connection.mute = true;
    if (next === 'end') connection.stream.end();
    else connection.log.isDead = true;
  }
}
