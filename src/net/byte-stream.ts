/** A connection as the layers above see it: bytes in order, both ways, and one end. Every transport looks like this. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Failure } from '../errors.ts';
import { arrivedFrom, takenBy } from './arrived.ts';
import { streamFailure } from './failures.ts';

/** Bytes that may wait in the socket before a write says "full". Large enough for whole blocks of the packet writer. */
export const WRITE_BUFFER_BYTES = 256 * 1024;

export interface StreamHandlers {
  /** The bytes are good until it returns: the next ones may come in the same memory. */
  data(bytes: Uint8Array): void;
  /** Asked after data(), by transports that can choose: memory to read to, in place of their own. */
  space?(): Uint8Array | undefined;
  /** A write returned false before; now there is room again. */
  drain(): void;
  /** After end(): the system has taken everything, and our side is ended. */
  ended?(): void;
  /** Once, at the end. Undefined: the peer ended the connection in order, after everything it had to say. */
  closed(failure: Failure | undefined): void;
}

export interface ByteStream {
  /** False: the bytes are taken, but wait for `drain` before writing more. */
  write(bytes: Uint8Array): boolean;
  /** Bytes written that the system has not taken yet. */
  readonly buffered: number;
  /** Bytes that the system has taken since the beginning, with those of the layers between. */
  readonly taken: number;
  /** Of those, the ones that have reached the system of the other side, as far as ours knows. Not for every message: it may read a file. */
  arrived(): number;
  /**
   * Writes what is buffered, then ends our side in order; `closed` follows when the peer ends its own. `courteous`: where
   * our end might meet what the peer still says, it has a moment to end first. Default: true.
   */
  end(courteous?: boolean): void;
  /** Drops everything at once. `closed` follows. */
  destroy(): void;
  pause(): void;
  resume(): void;
}

/** A connection attempt that is under way. */
export interface Dialing {
  /** Rejects with a Failure. */
  readonly opened: Promise<ByteStream>;
  /** Gives up: `opened` never settles after this, and nothing is left open. */
  cancel(): void;
}

/** A way to connect; where to is settled. `handlers` are called only after `opened` has resolved. */
export type Dial = (handlers: StreamHandlers) => Dialing;

/**
 * Makes a Node stream that is connected, over this socket, a ByteStream. `courtesy` is for transports with a closing message of their own,
 * and for ways that do not know half an end: for so many milliseconds the peer may end first. Many servers close as soon as they have read DISCONNECT; a closing
 * message that then lies there unread would make that close a reset, as if what we sent before had not been read either.
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
    // What is still to be written the peer has not asked for any more.
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

/** Ends our side, and calls `ended` when everything is written. */
export function endOur(side: Duplex, { ended }: StreamHandlers): void {
  side.end(() => {
    if (!side.errored) ended?.();
  });
}
