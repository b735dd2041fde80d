/** How the WebSocket handshake (RFC 6455, 4) runs on an open stream, and why a server may reject it. Loaded only when needed. */
import { type ClientRequest, type IncomingMessage, validateHeaderName, validateHeaderValue } from 'node:http';
import type { connect, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { type Advice, Failure } from '../errors.ts';
import type { Target, WebSocketTarget } from '../runtime/target.ts';
import { LARGEST_PACKET } from '../util/byte-limits.ts';
import { printable } from '../util/printable.ts';
import { isOfHandshake } from '../util/web-socket-headers.ts';
import type { ByteStream, StreamHandlers } from './byte-stream.ts';
import { errorCode, streamFailure } from './failures.ts';
import { bracketed, HANDSHAKE_WAIT, wireHost } from './read-reply.ts';
import { webSocketStream } from './websocket-stream.ts';

/** Most frames of a message and most reads of a frame: 256 bytes each for the largest packet. The defaults of `ws` are lower. */
const MOST_PIECES = 2 ** 20;

/** Milliseconds that the server may take to answer a close frame. */
const CLOSE_WAIT = 5000;

/** Resolves when the server has agreed to speak MQTT over WebSocket. Rejects with a Failure. `bottom` is below all layers. */
export async function openWebSocket(
  lower: Duplex,
  target: Target,
  handlers: StreamHandlers,
  wait = HANDSHAKE_WAIT,
  bottom?: Socket,
): Promise<ByteStream> {
  const { path, headers } = target.webSocket ?? { path: '/', headers: [] };
  const socket = await shakeHands(lower, target, requestTarget(path), headersOf(target, headers), wait);
  return webSocketStream(socket, handlers, lower, bottom);
}

function shakeHands(lower: Duplex, target: Target, path: string, headers: Headers, wait: number): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const fail = (failure: Failure): void => {
      clearTimeout(late);
      reject(failure);
      lower.on('error', () => {}).destroy();
    };
    const late = setTimeout(
      () => fail(notOurs('the server does not answer', path, target, plainAdvice(target), 'ETIMEDOUT')),
      wait,
    );
    const socket = new WebSocket('ws://localhost/', 'mqtt', {
      createConnection: (() => lower) as unknown as typeof connect,
      headers: { Host: '' },
      finishRequest: (request: ClientRequest) => {
        // A URL would be normalized; the path is sent as typed.
        request.path = path;
        for (const [name, values] of headers) request.setHeader(name, values.length === 1 ? values.join() : values);
        request.end();
      },
      perMessageDeflate: false,
      followRedirects: false,
      // By default `ws` answers every ping, and closes the connection when 60 arrive in one read.
      autoPong: false,
      maxPayload: LARGEST_PACKET,
      // The types of `ws` lack these options.
      ...{ closeTimeout: CLOSE_WAIT, maxFragments: MOST_PIECES, maxBufferedChunks: MOST_PIECES },
    });
    socket.on('unexpected-response', (_request: ClientRequest, response: IncomingMessage) =>
      fail(wrongAnswer(response, path, target)),
    );
    socket.on('error', (error) => fail(handshakeFailure(error, path, target)));
    socket.once('open', () => {
      clearTimeout(late);
      // Passes nothing on before a listener is attached.
      socket.pause();
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

/** Header fields by name; repeated ones have several values. Host has no port, as in Mosquitto's clients. Throws a Failure. */
function headersOf({ host, unixPath }: Target, extra: WebSocketTarget['headers']): Headers {
  const headers: Headers = new Map([['Host', [unixPath === undefined ? bracketed(wireHost(host)) : 'localhost']]]);
  const names = new Map([['host', 'Host']]);
  for (const [name, value] of extra) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw badHeader(name, 'cannot be sent');
    }
    if (isOfHandshake(name)) throw badHeader(name, 'is set by the WebSocket handshake');
    const known = names.get(name.toLowerCase()) ?? name;
    names.set(name.toLowerCase(), known);
    headers.set(known, [...(known === 'Host' ? [] : (headers.get(known) ?? [])), value]);
  }
  return headers;
}

type Headers = Map<string, readonly string[]>;

/** The message omits the value, which may be a secret. */
function badHeader(name: string, fault: string): Failure {
  const advice = `The header '${printable(name)}' ${fault}.`;
  return new Failure('invalid-input', {
    status: 1,
    advice,
    remedy: { code: 'websocket-header', name: printable(name), fault },
  });
}

/** Percent-encodes the bytes that a request line cannot contain, and leaves all others. */
function requestTarget(path: string): string {
  return [...Buffer.from(path)]
    .map((byte) =>
      byte > 0x20 && byte < 0x7f && byte !== 0x23
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');
}

/** A path that may be shown: the query after a question mark may be a secret, so it is omitted. */
export function shownPath(path: string): string {
  return printable(path.replace(/\?.*$/s, '?…'));
}

/** Why `ws` rejected a response with status 101. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/no subprotocol/, 'the server did not agree to the subprotocol mqtt'],
  [/invalid subprotocol/, 'the server chose a subprotocol other than mqtt'],
  [/Upgrade header/, 'the server did not upgrade to websocket'],
  [/Sec-WebSocket-Accept/, 'the server answered with a wrong Sec-WebSocket-Accept'],
  [/Sec-WebSocket-Extensions|extension/, 'the server chose an extension that was not offered'],
];

function handshakeFailure(error: Error, path: string, target: Target): Failure {
  const code = errorCode(error);
  const reason = REASONS.find(([pattern]) => pattern.test(error.message))?.[1];
  if (reason !== undefined) return notOurs(reason, path, target);
  if (!code.startsWith('HPE_')) {
    const failure = streamFailure(error);
    // A TLS alert may arrive this late, with its own advice.
    return failure.advice === undefined ? failure.with(failure.message, plainAdvice(target)) : failure;
  }
  if (code === 'HPE_HEADER_OVERFLOW') return notOurs('the header of the answer is too long', path, target);
  const [first] = (error as { rawPacket?: Uint8Array }).rawPacket ?? [];
  // The first byte of a TLS alert.
  if (first === 0x15)
    return notOurs('the server speaks TLS', path, target, {
      advice: 'Use TLS.',
      remedy: { code: 'websocket-tls' },
    });
  return notOurs('the server does not answer in HTTP', path, target, plainAdvice(target));
}

function wrongAnswer({ statusCode = 0, statusMessage = '' }: IncomingMessage, path: string, target: Target): Failure {
  const status = printable(`${statusCode} ${statusMessage}`).trim();
  const reason = `the server answered ${status} to GET ${shownPath(path)}`;
  return notOurs(reason, path, target, statusAdvice(statusCode, target), `HTTP_${statusCode}`);
}

/** The advice depends on whether the request had credentials. */
function statusAdvice(status: number, { webSocket }: Target): Advice | undefined {
  if (status !== 401 && status !== 403) return STATUS_ADVICE[status];
  const given = webSocket?.headers.some(([name]) => CREDENTIALS.test(name)) === true;
  return {
    advice: given
      ? 'The server rejected the credentials in the headers, or the path.'
      : 'The server requires credentials, for example in an Authorization header.',
    remedy: { code: 'websocket-credentials', given },
  };
}

/** Names of headers that contain credentials: Authorization, Cookie, X-Api-Key, X-Auth-Token. */
const CREDENTIALS = /auth|cookie|key|token/i;

const REDIRECT_ADVICE: Advice = {
  advice: 'Redirects are not followed. Connect to the final address of the server.',
};

const GATEWAY_ADVICE: Advice = {
  advice: 'The web server cannot reach the broker behind it. Start the broker.',
  remedy: { code: 'websocket-gateway' },
};

const STATUS_ADVICE: Readonly<Record<number, Advice>> = {
  301: REDIRECT_ADVICE,
  302: REDIRECT_ADVICE,
  307: REDIRECT_ADVICE,
  308: REDIRECT_ADVICE,
  502: GATEWAY_ADVICE,
  503: GATEWAY_ADVICE,
  504: GATEWAY_ADVICE,
};

/** `code`: an HTTP status such as `HTTP_503`, or the code of a system error. */
function notOurs(reason: string, path: string, target: Target, advice?: Advice, code?: string): Failure {
  const doubt = `${shownPath(path)} may not be the WebSocket path of the broker ${place(target)}`;
  return new Failure('unknown', {
    ...(code !== undefined && { code }),
    message: `${new Failure('unknown').message}: ${reason}`,
    ...(advice ?? { advice: `Try another path: ${doubt}.`, remedy: { code: 'websocket-path', doubt } }),
  });
}

function plainAdvice(target: Target): Advice {
  return { advice: `Check that the broker ${place(target)} supports WebSocket.`, remedy: { code: 'websocket-none' } };
}

function place({ host, port, unixPath }: Target): string {
  return unixPath === undefined ? `at ${host} port ${port}` : `at ${unixPath}`;
}
