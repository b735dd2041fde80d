/** Which packet type the first byte names, and which flags that type may have [MQTT 5, 2.1.2 and 2.1.3]. */
import { malformed, protocolError } from '../packet-error.ts';
import type { PacketType, ProtocolVersion } from '../types.ts';

interface HeaderRow {
  readonly number: number;
  readonly type: PacketType;
  /** The flags that the type must have [MQTT-2.1.3-1]; the flags of PUBLISH vary, so they are checked separately. */
  readonly flags: number;
}

export const HEADERS = [
  { number: 1, type: 'connect', flags: 0 },
  { number: 2, type: 'connack', flags: 0 },
  { number: 3, type: 'publish', flags: 0 },
  { number: 4, type: 'puback', flags: 0 },
  { number: 5, type: 'pubrec', flags: 0 },
  { number: 6, type: 'pubrel', flags: 2 },
  { number: 7, type: 'pubcomp', flags: 0 },
  { number: 8, type: 'subscribe', flags: 2 },
  { number: 9, type: 'suback', flags: 0 },
  { number: 10, type: 'unsubscribe', flags: 2 },
  { number: 11, type: 'unsuback', flags: 0 },
  { number: 12, type: 'pingreq', flags: 0 },
  { number: 13, type: 'pingresp', flags: 0 },
  { number: 14, type: 'disconnect', flags: 0 },
  { number: 15, type: 'auth', flags: 0 },
] as const satisfies readonly HeaderRow[];

const byNumber: (HeaderRow | undefined)[] = [];
const firstByte = {} as Record<PacketType, number>;
for (const row of HEADERS) {
  byNumber[row.number] = row;
  firstByte[row.type] = (row.number << 4) | row.flags;
}

/** Packets that only a client sends [MQTT 2.1.2]. */
const OF_CLIENTS: ReadonlySet<PacketType> = new Set(['connect', 'subscribe', 'unsubscribe', 'pingreq']);

const PUBLISH = 3;
const AUTH = 15;
const DUP = 0x08;

/** The type of the packet that starts with this byte; the byte has passed checkHeader. */
export function typeOf(header: number): PacketType {
  return byNumber[header >> 4]!.type;
}

/** The first byte of every packet of this type except PUBLISH. */
export function headerOf(type: PacketType): number {
  return firstByte[type];
}

/** Throws a PacketError when no packet of this version may start with this byte. */
export function checkHeader(header: number, version: ProtocolVersion): void {
  const number = header >> 4;
  const flags = header & 0x0f;
  if (number === PUBLISH) {
    if ((flags & 0x06) === 0x06) malformed('PUBLISH with QoS 3 [MQTT-3.3.1-4]');
    // MQTT 3.1 says only that DUP "applies" above QoS 0 (2.1); 3.1.1 and 5 forbid it at QoS 0.
    if ((flags & 0x0e) === DUP && version !== 3) malformed('PUBLISH at QoS 0 with DUP set [MQTT-3.3.1-2]');
    return;
  }
  const row = byNumber[number];
  if (row === undefined || (number === AUTH && version !== 5))
    malformed(`packet type ${number} is reserved [MQTT 5, 2.1.2]`);
  // MQTT 3.1 repeats PUBREL, SUBSCRIBE and UNSUBSCRIBE with DUP set (2.1).
  const checked = version === 3 ? flags & ~DUP : flags;
  if (checked !== row.flags) malformed(`${row.type.toUpperCase()} with flags ${flags} [MQTT-2.1.3-1]`);
}

/** Throws a PacketError when a broker may not send such a packet. The byte has passed checkHeader. */
export function checkServerHeader(header: number): void {
  const type = typeOf(header);
  if (OF_CLIENTS.has(type)) protocolError(`${type.toUpperCase()} from a server [MQTT 2.1.2]`);
}
