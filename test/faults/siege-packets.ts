// What a hostile broker sends: packets as bytes, right and wrong.
import type { Flood } from './siege-plan.ts';

export const NOTHING: Buffer = Buffer.alloc(0);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
    if (rest === 0) return Buffer.from(bytes);
  }
}

export const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
export const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([u16(bytes.length), bytes]);
};
/** `header`: the first byte. */
export const packet = (header: number, ...body: Buffer[]): Buffer => {
  const whole = Buffer.concat(body);
  return Buffer.concat([Buffer.from([header]), varint(whole.length), whole]);
};
export const propertiesOf = (...properties: Buffer[]): Buffer => {
  const whole = Buffer.concat(properties);
  return Buffer.concat([varint(whole.length), whole]);
};

/** User properties of this many bytes in all. */
export function userProperties(bytes: number, size: number): Buffer {
  const one = Buffer.concat([Buffer.from([0x26]), text('k'), text('v'.repeat(size))]);
  return Buffer.concat(Array.from({ length: Math.max(1, Math.floor(bytes / one.length)) }, () => one));
}

/** Subscription identifiers of this many bytes in all. */
export const subscriptionIdentifiers = (bytes: number): Buffer =>
  Buffer.alloc(bytes - (bytes % 2), Buffer.from([0x0b, 1]));

/** What a terminal would obey: titles, colours, the 8-bit CSI, a line that looks like one of ours. */
const EVIL = '\x1b]0;owned\x07\x1b[31m\x9b2J\r\n\x08\x7fError: all is well\u202e';

/** A reason of this many bytes with control characters; U+0000 is what MQTT forbids. */
function evilText(bytes: number): string {
  const evil = Buffer.byteLength(EVIL);
  if (bytes < evil) return '\x1b[2J'.slice(0, bytes);
  return EVIL + 'x'.repeat(bytes - evil);
}

export const reasonString = (bytes: number): Buffer =>
  bytes === 0 ? NOTHING : Buffer.concat([Buffer.from([0x1f]), text(evilText(bytes))]);

/** PUBLISH to the client; flood messages are `flood` and filler. */
export function publish(
  topic: string,
  payload: string | Buffer,
  qos: number,
  packetId: number,
  version: 4 | 5,
  properties: Buffer = NOTHING,
): Buffer {
  return packet(
    0x30 | (qos << 1),
    text(topic),
    qos > 0 ? u16(packetId) : NOTHING,
    version === 5 ? propertiesOf(properties) : NOTHING,
    Buffer.from(payload),
  );
}

export const suback = (packetId: number, codes: Buffer, version: 4 | 5, properties = NOTHING): Buffer =>
  packet(0x90, u16(packetId), version === 5 ? propertiesOf(properties) : NOTHING, codes);

/** Identifiers that no client has reached, and that no numbered message has. */
const FIRST_FLOOD_ID = 20_000;
const FLOOD_IDS = 40_000;
const FLOOD_BLOCK = 32_000;

export const isFloodId = (packetId: number): boolean => packetId >= FIRST_FLOOD_ID;

/** Blocks of whole packets, with this many bytes in all. At QoS 2 no identifier comes twice: that would be the same message. */
export function* floodBlocks(kind: Flood, bytes: number, size: number, version: 4 | 5): Generator<Buffer> {
  const qos = Number(kind.at(-1));
  const one = FLOODS[kind] ?? publish('siege', 'flood'.padEnd(size, 'x'), qos, FIRST_FLOOD_ID, version);
  // There is none in a PUBLISH at QoS 0.
  const idAt = kind === 'publish 0' ? -1 : one.indexOf(u16(FIRST_FLOOD_ID));
  const inBlock = Math.ceil(FLOOD_BLOCK / one.length);
  const most = Math.min(Math.ceil(bytes / one.length), kind === 'publish 2' ? FLOOD_IDS : Number.POSITIVE_INFINITY);
  for (let done = 0; done < most; ) {
    const count = Math.min(inBlock, most - done);
    const block = Buffer.alloc(count * one.length, one);
    for (let i = 0; idAt >= 0 && i < count; i++)
      block.writeUInt16BE(FIRST_FLOOD_ID + ((done + i) % FLOOD_IDS), i * one.length + idAt);
    done += count;
    yield block;
  }
}

const FLOODS: Partial<Record<Flood, Buffer>> = {
  pubrel: packet(0x62, u16(FIRST_FLOOD_ID)),
  pubrec: packet(0x50, u16(FIRST_FLOOD_ID)),
};

/** Nothing among it can be taken for an acknowledgement. */
export const GARBAGE = {
  bytes: Buffer.from('00ff00ff13371337deadbeefcafebabe'.repeat(64), 'hex'),
  http: Buffer.from(
    'HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 48\r\n\r\n' +
      '<html><body>\x1b[31m400 Bad Request</body></html>\r\n',
  ),
  'huge length': Buffer.concat([
    Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]),
    text('siege'),
    Buffer.alloc(200_000, 'x'),
  ]),
  'length without an end': Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
} as const;
