/**
 * MQTT over WebSocket: the bytes of the handshake and of the frames, back-pressure, and every way to end.
 * Covers src/net/websocket-stream.ts.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isTransient } from '../../src/client/reconnect.ts';
import type { Target, WebSocketTarget } from '../../src/runtime/target.ts';
import { type FakeConnection, type FakeServer, fakeServer, fromHex } from '../support/fake-server.ts';
import { freePort, tempDir } from '../support/tmp.ts';
import { type Attempt, attempt, CONNACK, CONNECT, DISCONNECT, failureOf, PINGREQ, PINGRESP, seen } from './rig.ts';

// ------------------------------------------------------------------------------------------- a server with a script

type Send = (connection: FakeConnection, bytes: Buffer) => Promise<void>;

const WAYS: readonly (readonly [string, Send])[] = [
  ['whole', (connection, bytes) => connection.send(bytes)],
  [
    'byte by byte',
    async (connection, bytes) => {
      for (const byte of bytes) {
        await connection.send(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  ],
];
const whole = WAYS[0]![1];

async function requestOf(connection: FakeConnection): Promise<string> {
  while (!connection.received.includes('\r\n\r\n')) await sleep(2);
  return connection.received.toString('latin1', 0, connection.received.indexOf('\r\n\r\n') + 4);
}

function acceptOf(request: string): string {
  const key = /^Sec-WebSocket-Key: (.*)\r$/m.exec(request)?.[1] ?? '';
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

function agreement(request: string, change: (answer: string) => string = (answer) => answer): Buffer {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptOf(request)}`,
    'Sec-WebSocket-Protocol: mqtt',
  ];
  return Buffer.from(change(`${lines.join('\r\n')}\r\n\r\n`), 'latin1');
}

/** An unmasked frame of less than 126 bytes, or with a length of two bytes. */
function frame(opcode: number, payload: Buffer | string = '', fin = true): Buffer {
  const body = Buffer.from(payload);
  const first = (fin ? 0x80 : 0) | opcode;
  if (body.length < 126) return Buffer.concat([Buffer.of(first, body.length), body]);
  return Buffer.concat([Buffer.of(first, 126, body.length >> 8, body.length & 0xff), body]);
}

const BINARY = 2;
const TEXT = 1;
const CLOSE = 8;
const PING = 9;

/** The frames that a client has sent, unmasked: opcode and payload. */
function framesOf(connection: FakeConnection): [number, string][] {
  const bytes = connection.received.subarray(connection.received.indexOf('\r\n\r\n') + 4);
  const found: [number, string][] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    expect(bytes[at + 1]! & 0x80).toBe(0x80);
    const short = bytes[at + 1]! & 0x7f;
    const start = at + 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
    const length =
      short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short;
    const mask = bytes.subarray(start, start + 4);
    const payload = Buffer.from(bytes.subarray(start + 4, start + 4 + length));
    if (payload.length < length) break;
    for (let i = 0; i < payload.length; i++) payload[i]! ^= mask[i % 4]!;
    found.push([bytes[at]! & 0x0f, payload.length > 100 ? `${payload.length} bytes` : payload.toString('hex')]);
    at = start + 4 + length;
  }
  return found;
}

async function untilFrames(connection: FakeConnection, count: number): Promise<[number, string][]> {
  while (framesOf(connection).length < count) await sleep(2);
  return framesOf(connection);
}

/** Agrees to everything, with `behind` right behind the answer, then does what the test says. */
function agreeing(
  then: (connection: FakeConnection) => Promise<void> = async () => {},
  behind: Buffer = Buffer.alloc(0),
  send = whole,
) {
  return fakeServer(async (connection) => {
    await send(connection, Buffer.concat([agreement(await requestOf(connection)), behind]));
    await then(connection);
  });
}

function to(port: number, webSocket: Partial<WebSocketTarget> = {}, more: Partial<Target> = {}): Attempt {
  return attempt({ host: 'localhost', port, webSocket: { path: '/mqtt', headers: [], ...webSocket }, ...more });
}

// ---------------------------------------------------------------------------------------------------- the handshake

describe('the request', () => {
  const asked = async (webSocket: Partial<WebSocketTarget>, more: Partial<Target> = {}): Promise<string[]> => {
    const server = await agreeing();
    await to(server.port, webSocket, more).opened;
    const request = await requestOf(await server.connection(0));
    return request
      .replace(/(Sec-WebSocket-Key: )[A-Za-z0-9+/]{22}==/, '$1KEY')
      .split('\r\n')
      .slice(0, -2);
  };

  const REST = [
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: KEY',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Protocol: mqtt',
  ];

  it('has the subprotocol mqtt and no compression, and a Host without a port', async () => {
    expect(await asked({})).toEqual(['GET /mqtt HTTP/1.1', 'Host: localhost', ...REST]);
  });

  it('has the fields of --ws-header, twice if they are given twice', async () => {
    const headers = [
      ['Authorization', 'Bearer x'],
      ['X-Twice', '1'],
      ['x-twice', '2'],
      ['Cookie', 'a=b; c=d'],
    ] as const;
    expect(await asked({ headers })).toEqual([
      'GET /mqtt HTTP/1.1',
      'Host: localhost',
      ...REST,
      'Authorization: Bearer x',
      'X-Twice: 1',
      'X-Twice: 2',
      'Cookie: a=b; c=d',
    ]);
  });

  it('has the Host of --ws-header, if there is one', async () => {
    expect((await asked({ headers: [['host', 'other.example:8080']] }))[1]).toBe('Host: other.example:8080');
  });

  it('has the path as it was typed, but nothing that may not stand in a request', async () => {
    const line = async (path: string) => (await asked({ path }))[0];
    expect(await line('/a/../b%20c?d=e&f={g}')).toBe('GET /a/../b%20c?d=e&f={g} HTTP/1.1');
    expect(await line('/ü b\r\nX: y#z')).toBe('GET /%C3%BC%20b%0D%0AX:%20y%23z HTTP/1.1');
  });

  it('is for localhost on a unix socket', async () => {
    const unix = `${tempDir()}/socket`;
    const server = await fakeServer(async (connection) => connection.send(agreement(await requestOf(connection))), {
      unix,
    });
    await to(0, {}, { host: '', unixPath: unix }).opened;
    expect(await requestOf(await server.connection(0))).toContain('\r\nHost: localhost\r\n');
  });

  it.each([
    ['Bad Name', 'x', 'cannot be sent'],
    ['X-Secret', 'gehäim\r\nX: y', 'cannot be sent'],
    ['Sec-WebSocket-Protocol', 'x', 'is set by the WebSocket handshake'],
    ['Transfer-Encoding', 'chunked', 'is set by the WebSocket handshake'],
  ])('the field %s: %j is refused, and its value not shown', async (name, value, why) => {
    const server = await fakeServer(async () => {});
    const given = to(server.port, { headers: [[name, value]] });
    expect(seen(await failureOf(given.opened))).toEqual({
      kind: 'invalid-input',
      status: 1,
      message: 'Invalid input',
      advice: `The header '${name}' of --ws-header ${why}.`,
    });
    expect(JSON.stringify(given.steps)).not.toContain('geh');
  });
});

describe.each(WAYS)('an answer that comes %s', (_, send) => {
  const answered = async (answer: (request: string) => Buffer | string): Promise<[Attempt, FakeServer]> => {
    const server = await fakeServer(async (connection) => {
      await send(connection, Buffer.from(answer(await requestOf(connection)) as string, 'latin1'));
    });
    return [to(server.port, { path: '/mqtt?token=geheim' }), server];
  };

  it.each([
    ['401 Unauthorized', 'Authorization'],
    ['403 Forbidden', 'X-Api-Key'],
  ])('refuses with %s although the request had %s', async (status, header) => {
    const server = await fakeServer(async (connection) => {
      await requestOf(connection);
      await send(connection, Buffer.from(`HTTP/1.1 ${status}\r\n\r\n`));
    });
    const failure = await failureOf(to(server.port, { headers: [[header, 'geheim']] }).opened);
    expect(seen(failure)).toMatchObject({
      advice: 'The server rejected the credentials in --ws-header, or the path.',
    });
  });

  it('agrees, and nothing that comes right behind it is lost', async () => {
    const behind = Buffer.concat([frame(BINARY, CONNACK), frame(BINARY, PINGRESP), frame(BINARY, PINGRESP)]);
    const server = await agreeing(async () => {}, behind, send);
    const given = to(server.port);
    const watched = await given.opened;
    expect(await watched.received(8)).toEqual(Buffer.concat([CONNACK, PINGRESP, PINGRESP]));
    expect(given.calls[0]).toBe('opened');
    expect(given.lines().at(-1)).toBe('websocket: WebSocket: GET /mqtt: accepted');
  });

  const tryPath = (port: number): string =>
    `Try another --ws-path: /mqtt?… may not be the WebSocket path of the broker at localhost port ${port}.`;
  const plain = (port: number): string =>
    `Check that the broker at localhost port ${port} supports WebSocket. For plain MQTT, omit --ws.`;
  const redirect = 'Redirects are not followed. Connect to the final address of the server.';

  it.each<[string, (request: string) => Buffer | string, string, string | ((port: number) => string)]>([
    [
      '404',
      () => 'HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello',
      'the server answered 404 Not Found to GET /mqtt?…',
      tryPath,
    ],
    [
      '401',
      () => 'HTTP/1.1 401 Unauthorized\r\n\r\n',
      'the server answered 401 Unauthorized to GET /mqtt?…',
      "The server requires credentials, such as --ws-header 'Authorization: …'.",
    ],
    [
      'a redirect',
      () => 'HTTP/1.1 301 Moved Permanently\r\nLocation: ws://127.0.0.1:1/\r\n\r\n',
      'the server answered 301 Moved Permanently to GET /mqtt?…',
      redirect,
    ],
    [
      '503, which may be over soon',
      () => 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n',
      'the server answered 503 Service Unavailable to GET /mqtt?…',
      'The web server cannot reach the broker behind it. Start the broker, or use --retry COUNT.',
    ],
    ['200', () => 'HTTP/1.1 200 OK\r\n\r\nhello', 'the server answered 200 OK to GET /mqtt?…', tryPath],
    [
      '101 without Upgrade',
      (request) => agreement(request, (answer) => answer.replace('Upgrade: websocket\r\nConnection: Upgrade\r\n', '')),
      'the server answered 101 Switching Protocols to GET /mqtt?…',
      tryPath,
    ],
    [
      '101 with another Upgrade',
      (request) => agreement(request, (answer) => answer.replace('websocket', 'h2c')),
      'the server did not upgrade to websocket',
      tryPath,
    ],
    [
      'a wrong Accept',
      (request) => agreement(request, (answer) => answer.replace(/(Accept: )./, '$1_')),
      'the server answered with a wrong Sec-WebSocket-Accept',
      tryPath,
    ],
    [
      'no subprotocol',
      (request) => agreement(request, (answer) => answer.replace('Sec-WebSocket-Protocol: mqtt\r\n', '')),
      'the server did not agree to the subprotocol mqtt',
      tryPath,
    ],
    [
      'another subprotocol',
      (request) => agreement(request, (answer) => answer.replace('mqtt\r\n', 'mqttv3.1\r\n')),
      'the server chose a subprotocol other than mqtt',
      tryPath,
    ],
    [
      'an extension',
      (request) =>
        agreement(request, (answer) => answer.replace('Upgrade:', 'Sec-WebSocket-Extensions: x\r\nUpgrade:')),
      'the server chose an extension that was not offered',
      tryPath,
    ],
    [
      'a header without end',
      (request) => agreement(request, (answer) => answer.replace('Upgrade:', `X: ${'y'.repeat(65_000)}\r\nUpgrade:`)),
      'the header of the answer is too long',
      tryPath,
    ],
    ['no HTTP', () => '\x20\x02\x00\x00', 'the server does not answer in HTTP', plain],
    [
      'an alert of TLS',
      () => '\x15\x03\x01\x00\x02\x02\x46',
      'the server speaks TLS',
      'Use TLS: --cafile FILE, --tls-use-os-certs or a wss:// URL.',
    ],
  ])('refuses: %s', async (name, answer, reason, advice) => {
    const [given, server] = await answered(answer);
    const failure = await failureOf(given.opened);
    expect(seen(failure)).toEqual({
      kind: 'unknown',
      status: 13,
      message: `Unknown error: ${reason}`,
      advice: typeof advice === 'string' ? advice : advice(server.port),
    });
    // A gateway whose broker restarts is worth another try.
    expect(isTransient(failure)).toBe(name.startsWith('503'));
    expect(given.steps.at(-1)).toMatchObject({ kind: 'websocket', failed: true, outcome: failure.message });
    expect(JSON.stringify([given.steps, failure])).not.toContain('geheim');
    await (await server.connection(0)).closed;
    expect(server.connections.length).toBe(1);
  });
});

it('a server that closes at the handshake has lost the connection', async () => {
  const server = await fakeServer(async (connection) => {
    await requestOf(connection);
    await connection.close();
  });
  expect(seen(await failureOf(to(server.port).opened))).toEqual({
    kind: 'connection-lost',
    status: 7,
    message: 'The connection was lost',
    advice: `Check that the broker at localhost port ${server.port} supports WebSocket. For plain MQTT, omit --ws.`,
  });
});

it('a server that does not listen refuses the connection', async () => {
  const port = await freePort();
  expect((await failureOf(to(port).opened)).message).toBe('Connection refused');
});

// ------------------------------------------------------------------------------------------------------- the frames

describe('frames', () => {
  it('carry what is written, one for each write, masked and binary [MQTT-6.0.0-1]', async () => {
    const server = await agreeing();
    const { stream } = await to(server.port).opened;
    expect(stream.write(CONNECT)).toBe(true);
    expect(stream.write(Buffer.concat([PINGREQ, PINGREQ]))).toBe(true);
    expect(await untilFrames(await server.connection(0), 2)).toEqual([
      [BINARY, CONNECT.toString('hex')],
      [BINARY, 'c000c000'],
    ]);
    while (stream.buffered > 0) await sleep(2);
  });

  it('leave what is written as it was, although they are masked', async () => {
    const server = await agreeing();
    const { stream } = await to(server.port).opened;
    const bytes = new Uint8Array(1000).fill(7);
    stream.write(bytes);
    await untilFrames(await server.connection(0), 1);
    expect(bytes.every((byte) => byte === 7)).toBe(true);
  });

  it('are no longer than 64 KiB', async () => {
    const server = await agreeing();
    const { stream } = await to(server.port).opened;
    stream.write(Buffer.alloc(150_000));
    expect(await untilFrames(await server.connection(0), 3)).toEqual([
      [BINARY, '65536 bytes'],
      [BINARY, '65536 bytes'],
      [BINARY, '18928 bytes'],
    ]);
  });

  it.each(WAYS)('that come %s are joined, whatever their borders [MQTT-6.0.0-2]', async (_, send) => {
    const server = await agreeing(async (connection) => {
      await send(
        connection,
        Buffer.concat([
          frame(BINARY, fromHex('20 02')),
          frame(PING, 'x'),
          frame(BINARY, fromHex('00'), false),
          frame(PING, 'y'),
          frame(0, fromHex('00 d0')),
          frame(BINARY),
          frame(BINARY, fromHex('00')),
          frame(BINARY, Buffer.alloc(1000, 'z')),
        ]),
      );
    });
    const watched = await to(server.port).opened;
    expect((await watched.received(1006)).toString('latin1')).toBe(`\x20\x02\x00\x00\xd0\x00${'z'.repeat(1000)}`);
    // A ping is answered with what it held.
    expect(await untilFrames(await server.connection(0), 2)).toEqual([
      [10, '78'],
      [10, '79'],
    ]);
  });

  it('may be pieces of a message in any number', async () => {
    const pieces = Array.from({ length: 40_000 }, (_, at) => frame(at === 0 ? BINARY : 0, 'abcde', at === 39_999));
    const watched = await to((await agreeing(async () => {}, Buffer.concat(pieces))).port).opened;
    expect((await watched.received(200_000)).length).toBe(200_000);
  });

  it('that ask for a sign of life may come in any number, as after a pause: the latest is answered', async () => {
    const pings = Array.from({ length: 1000 }, (_, at) => frame(PING, String(at)));
    const server = await agreeing(async () => {}, Buffer.concat([...pings, frame(BINARY, CONNACK)]));
    const watched = await to(server.port).opened;
    expect(await watched.received(4)).toEqual(CONNACK);
    const connection = await server.connection(0);
    const last = Buffer.from('999').toString('hex');
    await expect.poll(() => framesOf(connection).at(-1), { timeout: 20_000 }).toEqual([10, last]);
    expect(framesOf(connection).length).toBeLessThan(100);
  });

  it('of one read are handed on as one', async () => {
    const behind = Buffer.concat(Array.from({ length: 500 }, () => frame(BINARY, PINGRESP)));
    const watched = await to((await agreeing(async () => {}, behind)).port).opened;
    await watched.received(1000);
    expect(watched.pieces.length).toBeLessThan(5);
  });

  it('of text end the connection, after what came before them [MQTT-6.0.0-1]', async () => {
    const server = await agreeing(
      async () => {},
      Buffer.concat([frame(BINARY, CONNACK), frame(TEXT, 'hello'), frame(BINARY, PINGRESP)]),
    );
    const watched = await to(server.port).opened;
    expect(seen((await watched.closed)!)).toEqual({
      kind: 'protocol',
      status: 2,
      message: 'A network protocol error occurred when communicating with the broker: the server sent a text frame',
    });
    expect(Buffer.concat(watched.pieces)).toEqual(CONNACK);
    const connection = await server.connection(0);
    await connection.closed;
    // Close frame, 1003: data of the wrong type.
    expect(framesOf(connection)).toEqual([[CLOSE, '03eb']]);
  });

  it.each([
    ['masked', fromHex('82 81 00000000 00')],
    ['of an unknown type', fromHex('83 00')],
    ['with a reserved bit', fromHex('c2 00')],
    ['larger than any packet', fromHex('82 7f 0000000020000000')],
  ])('that are %s end the connection', async (_name, bytes) => {
    const server = await agreeing(async () => {}, Buffer.concat([frame(BINARY, CONNACK), bytes]));
    const watched = await to(server.port).opened;
    const failure = await watched.closed;
    expect([failure?.kind, failure?.status]).toEqual(['protocol', 2]);
    expect(failure?.message).toMatch(/^A network protocol error .*: WebSocket: /);
    expect(Buffer.concat(watched.pieces)).toEqual(CONNACK);
  });
});

describe('back-pressure', () => {
  it('a write returns false when the server does not read, and drain comes when it does', async () => {
    const server = await agreeing(async (connection) => void connection.socket.pause());
    const watched = await to(server.port).opened;
    const connection = await server.connection(0);
    while (!connection.socket.isPaused()) await sleep(2);
    const block = Buffer.alloc(60_000);
    let written = 0;
    do written += block.length;
    while (watched.stream.write(block));
    expect(watched.stream.buffered).toBeGreaterThan(0);
    expect(watched.stream.buffered).toBeLessThanOrEqual(written);
    expect(watched.drains()).toBe(0);
    connection.socket.resume();
    while (watched.drains() === 0) await sleep(2);
    while (watched.stream.buffered > 0) await sleep(2);
    expect((await untilFrames(connection, written / block.length)).length).toBe(written / block.length);
  });

  it('pause() stops the socket, so the server is held up; resume() goes on where it was', async () => {
    const block = frame(BINARY, Buffer.alloc(60_000, 'x'));
    const total = 60_000 * 400;
    const server = await agreeing(async (connection) => {
      for (let i = 0; i < 400; i++) connection.socket.write(block);
    });
    const watched = await to(server.port).opened;
    await watched.received(1);
    watched.stream.pause();
    const connection = await server.connection(0);
    const held = async (): Promise<number> => {
      for (let last = -1; last !== connection.socket.bytesWritten - connection.socket.writableLength; await sleep(100))
        last = connection.socket.bytesWritten - connection.socket.writableLength;
      return connection.socket.writableLength;
    };
    expect(await held()).toBeGreaterThan(0);
    expect(watched.pieces.length).toBeLessThan(50);
    watched.stream.resume();
    expect((await watched.received(total)).length).toBe(total);
  });

  it('200,000 short messages each way do not crawl', async () => {
    const message = fromHex('30 05 0001 61 6869');
    const count = 200_000;
    const server = await agreeing(async (connection) => {
      const block = Buffer.concat(Array.from({ length: 1000 }, () => frame(BINARY, message)));
      for (let i = 0; i < count / 1000; i++) await connection.send(block);
    });
    const watched = await to(server.port).opened;
    expect((await watched.received(count * message.length)).length).toBe(count * message.length);
    expect(watched.pieces.length).toBeLessThan(count / 100);
    // What is written in one turn comes as one piece, so this is what the client does.
    const block = Buffer.concat(Array.from({ length: 1000 }, () => message));
    for (let i = 0; i < count / 1000; i++) watched.stream.write(block);
    while (watched.stream.buffered > 0) await sleep(5);
    const connection = await server.connection(0);
    while (connection.received.length < count * message.length) await sleep(5);
  });
});

// ----------------------------------------------------------------------------------------------------------- the end

describe('the end', () => {
  it('end() leaves the server to end first; a close frame of its own is answered', async () => {
    const server = await agreeing(async (connection) => {
      await untilFrames(connection, 1);
      // A close frame that crosses the end of the server would make that end a reset.
      await sleep(20);
      expect(framesOf(connection).length).toBe(1);
      await connection.send(frame(CLOSE, fromHex('03e8')));
      await untilFrames(connection, 2);
      await connection.close();
    });
    const watched = await to(server.port).opened;
    watched.stream.write(DISCONNECT);
    watched.stream.end();
    expect(await watched.closed).toBe(undefined);
    expect(framesOf(await server.connection(0))).toEqual([
      [BINARY, 'e000'],
      [CLOSE, '03e8'],
    ]);
    expect(watched.stream.buffered).toBe(0);
  });

  it('end() sends a close frame behind everything else to a server that waits for it', async () => {
    const server = await agreeing(async (connection) => {
      await untilFrames(connection, 2);
      await connection.send(frame(CLOSE, fromHex('03e8')));
    });
    const watched = await to(server.port).opened;
    watched.stream.write(DISCONNECT);
    watched.stream.end();
    watched.stream.end();
    expect(await watched.closed).toBe(undefined);
    expect(framesOf(await server.connection(0))).toEqual([
      [BINARY, 'e000'],
      [CLOSE, '03e8'],
    ]);
  });

  it('after end() the end of the connection alone is an end in order', async () => {
    const server = await agreeing(async (connection) => {
      await untilFrames(connection, 1);
      await connection.close();
    });
    const watched = await to(server.port).opened;
    watched.stream.write(DISCONNECT);
    watched.stream.end();
    expect(await watched.closed).toBe(undefined);
  });

  it.each([
    ['without a close frame', Buffer.alloc(0), 'The connection was lost'],
    ['in the middle of a frame', fromHex('82 05 0000'), 'The connection was lost'],
    [
      'with a close frame that gives an error',
      frame(CLOSE, Buffer.concat([fromHex('03f1'), Buffer.from('too \u001blarge')])),
      'The connection was lost: the server closed the WebSocket connection (1009: too \\u001blarge)',
    ],
  ])('a server that leaves %s has lost the connection', async (_name, bytes, message) => {
    const server = await agreeing(async (connection) => {
      await connection.send(Buffer.concat([frame(BINARY, CONNACK), bytes]));
      await connection.close();
    });
    const watched = await to(server.port).opened;
    expect(seen((await watched.closed)!)).toEqual({ kind: 'connection-lost', status: 7, message });
    expect(Buffer.concat(watched.pieces)).toEqual(CONNACK);
  });

  it.each(['', '03e8', '03e9'])('a server that closes cleanly (%s) is reported as such', async (code) => {
    const server = await agreeing(async () => {}, frame(CLOSE, fromHex(code)));
    const watched = await to(server.port).opened;
    expect(await watched.closed).toBe(undefined);
  });

  it('after end() a server that goes away is none that has read everything', async () => {
    const server = await agreeing(async (connection) => {
      await untilFrames(connection, 1);
      await connection.send(frame(CLOSE, fromHex('03e9')));
      await untilFrames(connection, 2);
      await connection.close();
    });
    const watched = await to(server.port).opened;
    watched.stream.write(DISCONNECT);
    watched.stream.end();
    expect(seen((await watched.closed)!)).toEqual({
      kind: 'connection-lost',
      status: 7,
      message: 'The connection was lost: the server closed the WebSocket connection (1001)',
    });
  });

  it('what is written after the close frame of the server counts as unsent', async () => {
    const server = await fakeServer(
      async (connection) => connection.send(Buffer.concat([agreement(await requestOf(connection)), frame(CLOSE)])),
      { staysOpen: true },
    );
    const watched = await to(server.port).opened;
    const connection = await server.connection(0);
    await untilFrames(connection, 1);
    watched.stream.write(DISCONNECT);
    watched.stream.end();
    await connection.close();
    expect((await watched.closed)?.kind).toBe('connection-lost');
    expect(watched.stream.buffered).toBe(DISCONNECT.length);
    expect(framesOf(connection)).toEqual([[CLOSE, '']]);
  });

  it('the reason of a close frame is reported, even if later writes are not sent any more', async () => {
    const reason = frame(CLOSE, Buffer.concat([fromHex('03 f0'), Buffer.from('not yours')]));
    const server = await fakeServer(
      async (connection) => connection.send(Buffer.concat([agreement(await requestOf(connection)), reason])),
      { staysOpen: true },
    );
    const watched = await to(server.port).opened;
    const connection = await server.connection(0);
    await untilFrames(connection, 1);
    watched.stream.write(DISCONNECT);
    await connection.close();
    expect(seen((await watched.closed)!)).toEqual({
      kind: 'connection-lost',
      status: 7,
      message: 'The connection was lost: the server closed the WebSocket connection (1008: not yours)',
    });
  });

  it('destroy() drops everything at once', async () => {
    const server = await agreeing();
    const watched = await to(server.port).opened;
    watched.stream.destroy();
    expect((await watched.closed)?.kind).toBe('connection-lost');
    await (await server.connection(0)).closed;
  });
});
