/** What a check has of the connection that it shares with other checks. */
import type { ConnackPacket, ProtocolVersion, PublishPacket, QoS } from '../mqtt/types.ts';
import type { Millis } from '../util/millis.ts';
import type { Verdict } from './result.ts';

/** The time that each step of connecting took, by the kind of the step (`lookup`, `connect`, `tls`, `connack`). */
export type StepTimes = ReadonlyMap<string, Millis>;

/** What a broker said about a request. */
export interface Reply {
  /** From 128 on the broker refused it. */
  readonly code: number;
  /** In the words of the broker. */
  readonly reason: string | undefined;
}

export interface Link {
  readonly version: ProtocolVersion;
  readonly clientId: string;
  readonly connack: ConnackPacket;
  /** In seconds, as CONNECT asked for it. */
  readonly keepAlive: number;
  readonly times: StepTimes;
  /** Attempts to connect, the one that succeeded included. */
  readonly attempts: number;
  now(): Millis;
  /** Milliseconds since 1970. */
  wallTime(): number;
  /** Calls back once at that time, unless the returned function is called before. */
  callAt(at: Millis, callback: () => void): () => void;
  /** Hexadecimal digits that no other message has. */
  token(): string;
  /** Messages on the filter go to the check from now on. `answered` gets the SUBACK. */
  subscribe(filter: string, qos: QoS, answered: (answer: Reply) => void): void;
  /** `answered` gets PUBACK or PUBREC; at QoS 0 it is called once the message is written. */
  publish(topic: string, payload: Uint8Array, qos: QoS, answered: (answer: Reply) => void): void;
  /** Calls back when the broker has answered a PINGREQ sent now: it has then sent all that it had to send before. */
  ping(answered: () => void): void;
}

/** A check that runs. */
export interface Running {
  message?(packet: PublishPacket): void;
  /** The time is over: the verdict on what has arrived. */
  expired(): Verdict;
}

/** Begins when CONNACK has arrived; `finish` is to be called once. */
export type BeginCheck = (link: Link, finish: (verdict: Verdict) => void) => Running;
