/** How large a packet this machine can receive. A packet is in memory as a whole before it is processed. */
import { LARGEST_PACKET } from '../util/byte-limits.ts';

/** One share is for the packet; the rest is for the results of processing it and for other programs. */
const SHARE = 1 / 8;

/**
 * Bytes; undefined: as large as MQTT can express, which fits on a machine with 2 GiB. The limit of V8's heap does not
 * apply: packets are stored outside of it.
 */
export function packetRoom(): number | undefined {
  return roomOf(process.getBuiltinModule('node:os').totalmem(), process.constrainedMemory());
}

/** `constrained`: the memory limit of a container, 0 without one. */
export function roomOf(total: number, constrained = 0): number | undefined {
  const memory = constrained > 0 ? Math.min(total, constrained) : total;
  const room = Math.floor(memory * SHARE);
  return room < LARGEST_PACKET ? room : undefined;
}
