/** How the layers above see a connection, whatever its transport: bytes in order in both directions, and one end. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Failure } from '../errors.ts';
import { arrivedFrom, takenBy } from './arrived.ts';
import { streamFailure } from './failures.ts';

/** Bytes that may wait in the socket before a write returns false. Large enough for whole blocks of the packet writer. */
export const WRITE_BUFFER_BYTES = 256 * 1024;

export interface StreamHandlers {
  /** `bytes` is valid only until data() returns: the next read may use the same memory. */
  data(bytes: Uint8Array): void;
  /** Called after data() by transports that can choose: memory to read into instead of their own. */
  space?(): Uint8Array | undefined;
  /** A write returned false before; now there is room again. */
  drain(): void;
  /** After end(): the system has accepted everything, and the local side is closed. */
  ended?(): void;
  /** Called once, at the end. Without a failure, the peer closed the connection cleanly. */
  closed(failure: Failure | undefined): void;
}

export interface ByteStream {
  /** False: the bytes are accepted, but wait for `drain` before writing more. */
  write(bytes: Uint8Array): boolean;
  /** Bytes written that the system has not accepted yet. */
  readonly buffered: number;
  /** Bytes that the system has accepted since the connection was opened, including those of layers such as TLS. */
  readonly taken: number;
  /** Accepted bytes that the other side's system has, as far as known. May read a file: do not call it for every message. */
  arrived(): number;
  /**
   * Writes what is buffered, then closes the local side cleanly; `closed` follows when the peer closes its own.
   * `courteous` (the default): the peer gets a moment to close first, in case it is still sending.
   */
  end(courteous?: boolean): void;
  /** Drops everything at once. `closed` follows. */
  destroy(): void;
  pause(): void;
  resume(): void;
}

/** A connection attempt in progress. */
export interface Dialing {
  /** Rejects with a Failure. */
  readonly opened: Promise<ByteStream>;
  /** Cancels the attempt: `opened` never settles afterwards, and nothing stays open. */
  cancel(): void;
}

/** A way to connect to a fixed target. `handlers` are called only after `opened` has resolved. */
export type Dial = (handlers: StreamHandlers) => Dialing;

/**
 * Turns a connected Node stream over the socket `lowest` into a ByteStream. `courtesy`, in milliseconds, lets the peer close first;
 * it is for transports with a closing message and for paths that cannot half-close. Many servers close as soon as they have read
 * DISCONNECT. An unread closing message would turn that close into a reset, as if earlier messages had not been read either.
 */
export function byteStream(duplex: Duplex, lowest: Socket, handlers: StreamHandlers, courtesy = 0): ByteStream {
  let failure: Failure | undefined;
  let ended = false;
  let ending: NodeJS.Timeout | undefined;
  duplex.on('data', (chunk: Buffer) => handlers.data(chunk));
  duplex.on('drain', () => handlers.drain());
  duplex.on('end', () => {
    ended = true;
    if (ending === undefined) return;
    // The peer closed its side and does not read the bytes that are still to be written.
    if (duplex.writableLength > 0) failure ??= streamFailure(undefined);
    duplex.destroy();
  });
  duplex.on('error', (error) => {
    failure ??= streamFailure(error);
  });
  duplex.on('close', () => {
    clearTimeout(ending);
    handlers.closed(failure ?? (ended ? undefined : streamFailure(undefined)));
  });
  return {
    write: (bytes) => duplex.write(bytes),
    get buffered() {
      return duplex.writableLength;
    },
    get taken() {
      return takenBy(lowest);
    },
    arrived: () => arrivedFrom(lowest),
    end: (courteous = true) => {
      const end = (): void => endOur(duplex, handlers);
      if (courtesy === 0 || !courteous) end();
      else ending ??= setTimeout(end, courtesy);
    },
    destroy: () => void duplex.destroy(),
    pause: () => void duplex.pause(),
    resume: () => void duplex.resume(),
  };
}

/** Closes the local side, and calls `ended` when everything is written. */
export function endOur(side: Duplex, { ended }: StreamHandlers): void {
  side.end(() => {
    if (!side.errored) ended?.();
  });
}
