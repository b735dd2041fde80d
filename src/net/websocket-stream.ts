/**
 * How a WebSocket becomes a stream of bytes, once the server has agreed to speak MQTT over it.
 *
 * MQTT packets and frames need not align [MQTT-6.0.0-2]. Writes become frames as they are. The frames of one read are
 * passed on together, which makes short messages as cheap as over TCP.
 */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { Failure } from '../errors.ts';
import { printable } from '../util/printable.ts';
import { arrivedFrom, takenBy } from './arrived.ts';
import { type ByteStream, endOur, type StreamHandlers } from './byte-stream.ts';
import { errorCode, streamFailure } from './failures.ts';

/** Bytes of the largest frame to send: servers limit frames, and longer ones would gain nothing. */
const FRAME_BYTES = 64 * 1024;

/** Milliseconds that the server has to close the connection before this client sends a close frame: see byteStream(). */
const COURTESY = 1000;

const LOST = streamFailure(undefined);

/** Status codes of close frames (RFC 6455, 7.4.1). */
const NORMAL = 1000;
/** The server shuts down. That does not confirm DISCONNECT, so earlier messages may be unread. */
const GOING_AWAY = 1001;
const WRONG_DATA = 1003;
const NO_STATUS = 1005;
/** There was no close frame. */
const ABNORMAL = 1006;

/** `lower` is the stream that the WebSocket runs over, `bottom` the socket below all layers. */
export function webSocketStream(
  socket: WebSocket,
  handlers: StreamHandlers,
  lower: Duplex,
  bottom?: Socket,
): ByteStream {
  let failure: Failure | undefined;
  let over = false;
  /** Bytes written that the system has not accepted, including those that `ws` drops after a close frame. */
  let unsent = 0;
  /** The contents of the frames in the current read. */
  let batch: Buffer[] = [];
  let ending: NodeJS.Timeout | undefined;
  /** Whether the server closed its side of the connection below. */
  let ended = false;

  const handOn = (): void => {
    const [first, ...more] = batch;
    batch = [];
    if (first === undefined || over) return;
    handlers.data(more.length === 0 ? first : Buffer.concat([first, ...more]));
  };
  /** A close frame was sent, and the client does not wait for its answer. */
  const breach = (what: string): void => {
    failure ??= new Failure('protocol', { message: `${new Failure('protocol').message}: ${what}` });
    lower.end(() => lower.destroy());
  };

  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (failure !== undefined) return;
    if (isBinary) {
      batch.push(data);
      return;
    }
    // MQTT uses binary frames only [MQTT-6.0.0-1].
    socket.close(WRONG_DATA);
    breach('the server sent a text frame');
  });
  // Runs after the listener of `ws`, which has parsed the bytes into messages by then.
  lower.on('data', handOn);
  lower.on('drain', () => handlers.drain());
  socket.on('ping', latestAnswered(socket));
  lower.on('end', () => {
    ended = true;
  });
  lower.on('error', (error) => {
    failure ??= streamFailure(error);
  });
  socket.on('error', (error) => {
    // `ws` reports bytes that are not WebSocket frames, and has sent a close frame.
    if (errorCode(error).startsWith('WS_ERR_')) breach(`WebSocket: ${printable(error.message)}`);
    else failure ??= streamFailure(error);
  });
  socket.on('close', (code, reason) => {
    clearTimeout(ending);
    handOn();
    over = true;
    const isReason = ![NORMAL, NO_STATUS, ABNORMAL].includes(code) && !(code === GOING_AWAY && ending === undefined);
    // The code says more than a reset, which a server's close becomes when the server has unread data.
    if (isReason && (failure ?? LOST).kind === LOST.kind) failure = closedFor(code, reason);
    else if (unsent > 0 || (code === ABNORMAL && !(ended && ending !== undefined))) failure ??= LOST;
    handlers.closed(failure);
  });

  const stream: ByteStream = {
    write: (bytes) => {
      for (let start = 0; start < bytes.length; start += FRAME_BYTES) {
        const frame = bytes.subarray(start, start + FRAME_BYTES);
        unsent += frame.length;
        socket.send(frame, { binary: true }, (error) => {
          if (!error) unsent -= frame.length;
        });
      }
      return !lower.writableNeedDrain;
    },
    get buffered() {
      return unsent;
    },
    get taken() {
      return takenBy(bottom);
    },
    arrived: () => arrivedFrom(bottom),
    end: (courteous = true) => {
      if (courteous) {
        ending ??= setTimeout(() => socket.close(NORMAL), COURTESY);
        return;
      }
      socket.close(NORMAL);
      endOur(lower, handlers);
    },
    destroy: () => socket.terminate(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  };
  stream.resume();
  return stream;
}

/**
 * Answers only the latest of several pings, for example when they arrive faster than answers can be written. That is
 * enough (RFC 6455, 5.5.3), and a server that does not read cannot fill the memory.
 */
function latestAnswered(socket: WebSocket): (ping: Buffer) => void {
  let latest: Buffer | undefined;
  let busy = false;
  const answer = (): void => {
    if (busy || latest === undefined) return;
    const ping = latest;
    latest = undefined;
    busy = true;
    socket.pong(ping, true, () => {
      busy = false;
      answer();
    });
  };
  return (ping) => {
    latest = ping;
    answer();
  };
}

/** The server closed the WebSocket cleanly, but with a code that reports a problem. */
function closedFor(code: number, reason: Buffer): Failure {
  const said = reason.length === 0 ? '' : `: ${printable(reason.toString())}`;
  return new Failure('connection-lost', {
    message: `${new Failure('connection-lost').message}: the server closed the WebSocket connection (${code}${said})`,
  });
}
