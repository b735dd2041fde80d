/** How large a packet this machine can receive. A packet is in memory as a whole before anything becomes of it. */
import { LARGEST_PACKET } from '../util/byte-limits.ts';

/** Room for the packet itself, for what is made of it, and for whatever else runs here. */
const SHARE = 1 / 8;

/**
 * Bytes; undefined: as large as MQTT can express, which a machine with 2 GiB has room for. The heap of V8 is not asked: a packet
 * does not lie in it, and loading node:v8 takes milliseconds.
 */
export function packetRoom(): number | undefined {
  return roomOf(process.getBuiltinModule('node:os').totalmem(), process.constrainedMemory());
}

/** `constrained`: the limit of a container, 0 when there is none. */
export function roomOf(total: number, constrained = 0): number | undefined {
  const memory = constrained > 0 ? Math.min(total, constrained) : total;
  const room = Math.floor(memory * SHARE);
  return room < LARGEST_PACKET ? room : undefined;
}
