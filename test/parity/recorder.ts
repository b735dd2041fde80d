/** A server that writes down what a client sends and answers it as any server would, one step at a time. */
import { type FakeConnection, fakeServer, type RawPacket } from '../support/fake-server.ts';

export interface Recorder {
  readonly port: number;
  /** The packets of the one connection so far, as hexadecimal digits. */
  packets(): string[];
  stop(): Promise<void>;
}

const TYPES = { connect: 1, publish: 3, puback: 4, pubrec: 5, pubrel: 6, pubcomp: 7, subscribe: 8, unsubscribe: 10 };
const PINGREQ = 12;
const DISCONNECT = 14;

/** What the server sends to a subscriber, once after its SUBSCRIBE, or for a request once that is acknowledged. */
export type Sends = readonly { readonly qos: 0 | 1 | 2; readonly payload: string; readonly retain?: boolean }[];

export async function recorder(sends: Sends, when: 'subscribed' | 'published'): Promise<Recorder> {
  const packets: string[] = [];
  const server = await fakeServer(async (connection) => {
    const client = new Conversation(connection, packets, sends, when);
    while (await client.answer());
    await connection.close();
  });
  return { port: server.port, packets: () => packets, stop: () => server.stop() };
}

class Conversation {
  readonly #connection: FakeConnection;
  readonly #packets: string[];
  readonly #when: 'subscribed' | 'published';
  /** Messages still to be sent, each after the one before is acknowledged. */
  #sends: Sends;
  #isV5 = false;
  #topic = '';

  constructor(connection: FakeConnection, packets: string[], sends: Sends, when: 'subscribed' | 'published') {
    this.#connection = connection;
    this.#packets = packets;
    this.#sends = sends;
    this.#when = when;
  }

  /** False when the client has said goodbye. */
  async answer(): Promise<boolean> {
    const packet = await this.#connection.readPacket();
    this.#packets.push(packet.bytes.toString('hex'));
    const { header, body } = packet;
    switch (header >> 4) {
      case TYPES.connect:
        this.#isV5 = body[2 + body.readUInt16BE(0)] === 5;
        await this.#send(this.#isV5 ? '20 03 00 00 00' : '20 02 00 00');
        break;
      case TYPES.subscribe:
        await this.#subscribe(body);
        break;
      case TYPES.unsubscribe:
        await this.#send([0xb0, this.#isV5 ? 4 : 2, body[0]!, body[1]!, ...(this.#isV5 ? [0, 0] : [])]);
        break;
      case TYPES.publish:
        await this.#publish(packet);
        break;
      case TYPES.pubrel:
        await this.#send([0x70, 2, body[0]!, body[1]!]);
        if (this.#when === 'published') await this.#next();
        break;
      case TYPES.pubrec:
        await this.#send([0x62, 2, body[0]!, body[1]!]);
        break;
      case TYPES.puback:
      case TYPES.pubcomp:
        await this.#next();
        break;
      case PINGREQ:
        await this.#send('d0 00');
        break;
      case DISCONNECT:
        return false;
    }
    return true;
  }

  async #subscribe(body: Buffer): Promise<void> {
    const granted: number[] = [];
    let at = 2;
    if (this.#isV5) at += 1 + body[at]!; // properties, fewer than 128 bytes of them
    while (at < body.length) {
      const length = body.readUInt16BE(at);
      const filter = body.toString('utf8', at + 2, at + 2 + length);
      this.#topic ||= filter.replace(/^\$share\/[^/]+\//, '').replace(/[+#]/g, 'x');
      at += 2 + length;
      granted.push(body[at++]! & 3);
    }
    const properties = this.#isV5 ? [0] : [];
    await this.#send([0x90, 2 + properties.length + granted.length, body[0]!, body[1]!, ...properties, ...granted]);
    if (this.#when === 'subscribed') await this.#next();
  }

  async #publish({ header, body }: RawPacket): Promise<void> {
    const qos = (header >> 1) & 3;
    const at = 2 + body.readUInt16BE(0);
    if (qos > 0) await this.#send([qos === 1 ? 0x40 : 0x50, 2, body[at]!, body[at + 1]!]);
    if (qos < 2 && this.#when === 'published') await this.#next();
  }

  /** Sends the next message, and those after it that need no acknowledgement to wait for. */
  async #next(): Promise<void> {
    const [message, ...rest] = this.#sends;
    if (message === undefined) return;
    this.#sends = rest;
    const { qos, payload, retain = false } = message;
    const topic = Buffer.from(this.#topic);
    const content = Buffer.concat([
      Buffer.from([topic.length >> 8, topic.length & 0xff]),
      topic,
      Buffer.from([...(qos > 0 ? [0, 100 + rest.length] : []), ...(this.#isV5 ? [0] : [])]),
      Buffer.from(payload),
    ]);
    await this.#send([0x30 | (qos << 1) | (retain ? 1 : 0), content.length, ...content]);
    if (qos === 0) await this.#next();
  }

  #send(bytes: readonly number[] | string): Promise<void> {
    return this.#connection.send(typeof bytes === 'string' ? bytes : Uint8Array.from(bytes));
  }
}
