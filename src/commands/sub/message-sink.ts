/** Where the messages go that tssub receives: what every place for them has to do (the places are in sinks/ and exec/). */
import type { Client } from '../../client/client.ts';
import type { Delivery, SessionEvent } from '../../mqtt/session/events.ts';
import type { PublishPacket } from '../../mqtt/types.ts';
import type { OutputWriter } from '../../output/writer.ts';
import type { Run } from '../run.ts';

export interface MessageSink {
  /** Takes a message. Once it is ready, and what there is to print stands in the output, SinkContext.mark() is called. */
  put(packet: PublishPacket, delivery: Delivery): void;
  /** No more messages should be read. */
  readonly isFull: boolean;
  /** Some that were put are not ready. */
  readonly isBusy: boolean;
  /** CONNACK is here. */
  connected(): void;
  /** The outcome of a publish, perhaps of one of ours. */
  published(event: Extract<SessionEvent, { type: 'published' }>): void;
  /** Standard output has room again, or takes nothing ever again. */
  outputRoom(): void;
  /** Begins nothing more. Returns how many messages are lost for that: not even the server has them. */
  stop(): number;
  /** Resolves when nothing runs that has all the time it needs: a command. */
  ended(): Promise<void>;
  /** Resolves when all that was begun is done. */
  idle(): Promise<void>;
  /** Stops, and no acknowledgement is waited for any more: there is no connection, or none came in time. */
  disconnected(): void;
  /** Asks what runs to end, and does not wait for it. */
  abort(): void;
}

/** What a sink has to do with. */
export interface SinkContext {
  readonly client: Pick<Client, 'publish'>;
  readonly output: OutputWriter;
  readonly run: Run;
  /** When the output has taken all so far, the message is delivered. */
  mark(packet: PublishPacket, delivery: Delivery): void;
  /** More messages can be read. */
  room(): void;
  /** A message was given up: it stays unacknowledged, and the run ends. */
  givenUp(): void;
  /** No more messages come. */
  isOver(): boolean;
}
