// What the broker of one session knows: which packets it has read whole, what it answered, and what it was answered.
import type { QoS } from '../../src/mqtt/types.ts';

/** A PUBLISH that was read whole. A repetition in the same connection is the same entry. */
export interface Read {
  readonly topic: string;
  /** Its name, see nameOf(). */
  readonly name: string;
  readonly qos: QoS;
  readonly packetId: number;
  readonly connection: number;
  /** The code of PUBACK or PUBREC, once that was handed to the system. */
  answer: number | undefined;
  /** PUBCOMP was handed to the system. */
  completed: boolean;
}

/** A numbered message to a subscriber. */
export interface Sent {
  readonly name: string;
  readonly qos: number;
  readonly packetId: number;
  readonly connection: number;
  /** PUBACK or PUBREC came: the client owns it. */
  acknowledged: boolean;
  /** At that moment there was an answered dead letter for it. */
  hadDeadLetter: boolean;
}

export interface ConnectionLog {
  readonly since: number;
  /** CONNACK with code 0 was handed to the system, whole. */
  accepted: boolean;
  /** The moment of the last thing that can count as life: a packet of ours, or one of theirs other than PINGREQ. */
  lastLife: number;
  /** The broker reads nothing, or answers nothing, for as long as the connection lasts. */
  isDead: boolean;
  /** When the client, or the broker, ended it, as far as that was read. */
  closedAt: number | undefined;
  /** The broker did what it was to do to this connection. */
  fired: boolean;
}

export class SiegeLog {
  readonly reads: Read[] = [];
  readonly sent: Sent[] = [];
  readonly connections: ConnectionLog[] = [];
  /** What the client must never send. */
  readonly malformed: string[] = [];
  /** PUBACK or PUBREC packets that came for messages of a flood. */
  floodAcks = 0;

  /** What the client may call delivered: at QoS 0 read, else read and answered to the end, with success. */
  delivered(name: string, topic = 'siege'): number {
    return this.reads.filter((read) => read.name === name && read.topic === topic && isDelivered(read)).length;
  }

  hasDeadLetter(name: string): boolean {
    return this.delivered(name, 'dead') > 0;
  }
}

const isDelivered = ({ qos, answer, completed }: Read): boolean =>
  qos === 0 || (answer !== undefined && answer < 128 && (qos === 1 || completed));

/** Messages are `m-1`, `m-2` and so on, and filler behind a space; dead letters have that as the payload of a record. */
export function nameOf(payload: Uint8Array): string {
  const text = Buffer.from(payload).toString('latin1');
  const record = text.startsWith('{') ? /"payload":"(m-\d+)/.exec(text) : null;
  return record?.[1] ?? text.split(/[ \n]/, 1)[0]!.slice(0, 40);
}

/** The command of --exec fails for these. */
export const fails = (name: string): boolean => /[37]$/.test(name);
