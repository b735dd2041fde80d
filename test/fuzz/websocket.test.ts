// Invariant: whatever a WebSocket server sends, in whatever pieces, the opening settles once, a connection that opened is
// closed once, nothing else is thrown, and the bytes handed on are those of the binary frames before the first fault.
import { createHash } from 'node:crypto';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import { openWebSocket } from '../../src/net/websocket.ts';
import { targetOf } from '../net/rig.ts';
import { announce, holdAsync, TIMEOUT } from './budget.ts';

const { report } = announce('websocket');
afterAll(report);

const target = targetOf({ webSocket: { path: '/mqtt', headers: [] } });

/** A stream that answers the request with `answer` and then with these pieces, and ends. */
function server(answer: (accept: string) => string, pieces: readonly Uint8Array[]): Duplex {
  let request = '';
  let answered = false;
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _, done) {
      request += chunk.toString('latin1');
      if (!answered && request.includes('\r\n\r\n')) {
        answered = true;
        const key = /^Sec-WebSocket-Key: (.*)\r$/m.exec(request)?.[1] ?? '';
        const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
        stream.push(Buffer.from(answer(accept), 'latin1'));
        // A socket never has its end in the same breath.
        for (const piece of pieces) stream.push(piece);
        setImmediate(() => stream.push(null));
      }
      done();
    },
  });
  return stream;
}

const agreement = (accept: string): string =>
  `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
  `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n`;

const byte = fc.nat({ max: 255 });
const frame = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(0x82, 0x82, 0x02, 0x80, 0x81, 0x88, 0x89, 0x8a) },
      { weight: 1, arbitrary: byte },
    ),
    fc.uint8Array({ maxLength: 200 }),
    fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 3 }) }),
  )
  .map(([first, payload, lie]) => {
    const length = payload.length + lie;
    const head = length < 126 ? [first, length] : [first, 126, length >> 8, length & 0xff];
    return Buffer.concat([Buffer.from(head), payload]);
  });
const stream = fc.oneof(
  { weight: 4, arbitrary: fc.array(frame, { maxLength: 8 }).map((frames) => Buffer.concat(frames)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)) },
);
const handshake = fc.oneof(
  { weight: 5, arbitrary: fc.constant(agreement) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }).map((text) => () => text) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat({ max: 200 }), fc.string({ unit: 'binary', maxLength: 3 }))
      .map(([at, text]) => (accept: string) => {
        const right = agreement(accept);
        return right.slice(0, at) + text + right.slice(at + text.length);
      }),
  },
);
const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 6 });

/** The payloads of whole binary messages up to the first thing that may not come; more may be taken, never other bytes. */
function binary(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let open = false;
  for (let at = 0; at + 2 <= bytes.length; ) {
    const opcode = bytes[at]! & 0x0f;
    let length = bytes[at + 1]! & 0x7f;
    let start = at + 2;
    if (length === 126) {
      if (start + 2 > bytes.length) break;
      length = bytes.readUInt16BE(start);
      start += 2;
    }
    if (length === 127 || (bytes[at + 1]! & 0x80) !== 0 || start + length > bytes.length) break;
    if ((bytes[at]! & 0x70) !== 0) break;
    if (opcode === 2 || (opcode === 0 && open)) {
      parts.push(bytes.subarray(start, start + length));
      open = (bytes[at]! & 0x80) === 0;
    } else if (opcode !== 9 && opcode !== 10) break;
    at = start + length;
  }
  return Buffer.concat(parts);
}

it('a WebSocket server may send anything', { timeout: TIMEOUT }, () =>
  holdAsync(fc.tuple(handshake, stream, cuts), async ([answer, bytes, places]) => {
    const sorted = [0, ...places.filter((place) => place < bytes.length).sort((a, b) => a - b), bytes.length];
    const pieces = sorted.slice(1).map((end, i) => bytes.subarray(sorted[i], end));
    const received: Buffer[] = [];
    const closings: (Failure | undefined)[] = [];
    let ended = (): void => {};
    const closed = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const opening = openWebSocket(
      server(
        answer,
        pieces.filter(({ length }) => length > 0),
      ),
      target,
      {
        data: (chunk) => received.push(Buffer.from(chunk)),
        drain: () => {},
        closed: (failure) => {
          closings.push(failure);
          ended();
        },
      },
    );
    try {
      await opening;
    } catch (error) {
      expect(error).toBeInstanceOf(Failure);
      return;
    }
    await closed;
    await new Promise((resolve) => setImmediate(resolve));
    expect(closings).toHaveLength(1);
    const got = Buffer.concat(received);
    if (answer === agreement) expect(binary(bytes).subarray(0, got.length)).toEqual(got);
  }),
);
