/**
 * The WebSocket handshake (RFC 6455, 4) on a stream that stands, and why a server does not agree to it. Loaded only when
 * asked for.
 */
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

/** Frames that a message, and reads that a frame, may come in: 256 bytes each for the largest packet. `ws` takes fewer. */
const MOST_PIECES = 2 ** 20;

/** Milliseconds that the server has to answer our close frame. */
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
        // Given as a URL it would be normalised; it is sent as it was typed.
        request.path = path;
        for (const [name, values] of headers) request.setHeader(name, values.length === 1 ? values.join() : values);
        request.end();
      },
      perMessageDeflate: false,
      followRedirects: false,
      // It answers every ping, and ends the connection when 60 come in one read.
      autoPong: false,
      maxPayload: LARGEST_PACKET,
      // Not in the types of `ws`.
      ...{ closeTimeout: CLOSE_WAIT, maxFragments: MOST_PIECES, maxBufferedChunks: MOST_PIECES },
    });
    socket.on('unexpected-response', (_request: ClientRequest, response: IncomingMessage) =>
      fail(wrongAnswer(response, path, target)),
    );
    socket.on('error', (error) => fail(handshakeFailure(error, path, target)));
    socket.once('open', () => {
      clearTimeout(late);
      // Nothing is handed on before somebody is there to take it.
      socket.pause();
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

/** By name; fields given twice have two values. The Host field has no port, as in the original. Throws a Failure. */
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
    if (isOfHandshake(name)) throw badHeader(name, 'belongs to WebSocket');
    const known = names.get(name.toLowerCase()) ?? name;
    names.set(name.toLowerCase(), known);
    headers.set(known, [...(known === 'Host' ? [] : (headers.get(known) ?? [])), value]);
  }
  return headers;
}

type Headers = Map<string, readonly string[]>;

/** The value may be a secret, and is not shown. */
function badHeader(name: string, fault: string): Failure {
  const advice = `the header "${printable(name)}" ${fault}`;
  return new Failure('invalid-input', {
    status: 1,
    advice,
    remedy: { code: 'websocket-header', name: printable(name), fault },
  });
}

/** What may not stand in a request line is percent-encoded; everything else is left as it is. */
function requestTarget(path: string): string {
  return [...Buffer.from(path)]
    .map((byte) =>
      byte > 0x20 && byte < 0x7f && byte !== 0x23
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');
}

/** A path as it may be shown: what stands behind a question mark may be a secret. */
export function shownPath(path: string): string {
  return printable(path.replace(/\?.*$/s, '?…'));
}

/** Why `ws` did not take an answer with status 101. */
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
    // An alert of TLS may come this late, and says what to change.
    return failure.advice === undefined ? failure.with(failure.message, plainAdvice(target)) : failure;
  }
  if (code === 'HPE_HEADER_OVERFLOW') return notOurs('the header of the answer is too long', path, target);
  const [first] = (error as { rawPacket?: Uint8Array }).rawPacket ?? [];
  // An alert of TLS.
  if (first === 0x15)
    return notOurs('the server speaks TLS', path, target, {
      advice: 'use TLS',
      remedy: { code: 'websocket-tls' },
    });
  return notOurs('the server does not answer in HTTP', path, target, plainAdvice(target));
}

function wrongAnswer({ statusCode = 0, statusMessage = '' }: IncomingMessage, path: string, target: Target): Failure {
  const status = printable(`${statusCode} ${statusMessage}`).trim();
  const reason = `the server answered ${status} to GET ${shownPath(path)}`;
  return notOurs(reason, path, target, STATUS_ADVICE[statusCode], `HTTP_${statusCode}`);
}

const HEADER_ADVICE: Advice = {
  advice: 'the server wants credentials: in a header, Authorization?',
  remedy: { code: 'websocket-credentials' },
};
const REDIRECT_ADVICE: Advice = {
  advice: 'redirects are not followed: connect to the place where the server really is',
};

const GATEWAY_ADVICE: Advice = {
  advice: 'the web server does not reach the broker behind it: is the broker running?',
  remedy: { code: 'websocket-gateway' },
};

const STATUS_ADVICE: Readonly<Record<number, Advice>> = {
  301: REDIRECT_ADVICE,
  302: REDIRECT_ADVICE,
  307: REDIRECT_ADVICE,
  308: REDIRECT_ADVICE,
  401: HEADER_ADVICE,
  403: HEADER_ADVICE,
  502: GATEWAY_ADVICE,
  503: GATEWAY_ADVICE,
  504: GATEWAY_ADVICE,
};

/** `code`: a status as `HTTP_503`, or that of an errno. */
function notOurs(reason: string, path: string, target: Target, advice?: Advice, code?: string): Failure {
  const doubt = `${shownPath(path)} may not be where the broker ${place(target)} takes WebSocket`;
  return new Failure('unknown', {
    ...(code !== undefined && { code }),
    message: `${new Failure('unknown').message}: ${reason}`,
    ...(advice ?? { advice: `try another path: ${doubt}`, remedy: { code: 'websocket-path', doubt } }),
  });
}

function plainAdvice(target: Target): Advice {
  return { advice: `does the broker ${place(target)} speak WebSocket?`, remedy: { code: 'websocket-none' } };
}

function place({ host, port, unixPath }: Target): string {
  return unixPath === undefined ? `at ${host} port ${port}` : `at ${unixPath}`;
}
