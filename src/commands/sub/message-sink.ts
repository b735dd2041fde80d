/** Where tssub puts received messages: the interface of every sink (the sinks are in sinks/ and exec/). */
import type { Client } from '../../client/client.ts';
import type { Delivery, SessionEvent } from '../../mqtt/session/events.ts';
import type { PublishPacket } from '../../mqtt/types.ts';
import type { OutputWriter } from '../../output/writer.ts';
import type { Run } from '../run.ts';

export interface MessageSink {
  /** Accepts a message. Calls SinkContext.mark() when the message is ready and its output is written. */
  put(packet: PublishPacket, delivery: Delivery): void;
  /** True when no more messages should be read. */
  readonly isFull: boolean;
  /** True when accepted messages are not ready. */
  readonly isBusy: boolean;
  /** CONNACK was received. */
  connected(): void;
  /** Handles the outcome of a publish, which may be one of this sink's. */
  published(event: Extract<SessionEvent, { type: 'published' }>): void;
  /** Standard output has room again, or has failed permanently. */
  outputRoom(): void;
  /** Begins nothing more. Returns how many messages are lost by this: even the broker does not have them. */
  stop(): number;
  /** Resolves when no command runs; commands have no deadline here. */
  ended(): Promise<void>;
  /** Resolves when all work that was begun is done. */
  idle(): Promise<void>;
  /** Stops, and waits for no more acknowledgements: there is no connection, or none was made in time. */
  disconnected(): void;
  /** Asks running commands to end, without waiting for them. */
  abort(): void;
}

/** What the run offers a sink. */
export interface SinkContext {
  readonly client: Pick<Client, 'publish'>;
  readonly output: OutputWriter;
  readonly run: Run;
  /** Marks the message as delivered when standard output has accepted everything so far. */
  mark(packet: PublishPacket, delivery: Delivery): void;
  /** More messages can be read. */
  room(): void;
  /** A message was given up: it stays unacknowledged, and the run ends. */
  givenUp(): void;
  /** True when no more messages will arrive. */
  isOver(): boolean;
}
