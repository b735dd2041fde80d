// Which QoS 2 exchanges towards a subscriber are open, as seen on the way.
import { setTimeout as sleep } from 'node:timers/promises';
import { PACKET, type Way } from './proxy.ts';

export class Exchanges {
  readonly #open = new Set<number>();
  #changes = 0;

  /** For `see` of a proxy. */
  readonly see = (way: Way, packet: Buffer): void => {
    const type = packet[0]! >> 4;
    if (way === 'down' && type === PACKET.PUBLISH && (packet[0]! & 6) === 4) this.#open.add(idOfPublish(packet));
    else if (way === 'up' && type === PACKET.PUBCOMP) this.#open.delete(packet.readUInt16BE(2));
    this.#changes++;
  };

  /** Resolves when none is open, and nothing has come for a while. */
  async rest(): Promise<void> {
    for (let before = -1; before !== this.#changes || this.#open.size > 0; await sleep(300)) before = this.#changes;
  }
}

function idOfPublish(packet: Buffer): number {
  const body = 1 + packet.subarray(1).findIndex((byte) => byte < 0x80) + 1;
  return packet.readUInt16BE(body + 2 + packet.readUInt16BE(body));
}
