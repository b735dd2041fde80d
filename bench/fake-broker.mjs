// A fake broker that sends as fast as the client reads: `node fake-broker.mjs QOS COUNT` prints its port, and sends
// COUNT short messages to every client that subscribes. It keeps no state and checks nothing. With COUNT 0 it reads as
// fast as it can, and sends a subscriber to `answer` one response to a message on `ask`.
import { createServer } from 'node:net';

/** @import { AddressInfo } from 'node:net' */

const [qos = 0, count = 0] = process.argv.slice(2).map(Number);
const TOPIC = 'bench/fake-broker/topic';
const PAYLOAD = '{"temperature":21.5}';
const BATCH = 1000;
const ASK = 'ask';
const ANSWER = Buffer.from('\x30\x09\0\x06answerx');
/** Packet identifiers must not overlap, however slow the acknowledgements are. */
const MOST_IN_FLIGHT = 60_000;

/**
 * @param {number} from
 * @param {number} length
 */
function batch(from, length) {
  return Buffer.concat(
    Array.from({ length }, (_, i) => {
      const id = ((from + i) % 65_535) + 1;
      const body = [Buffer.from([0, TOPIC.length]), Buffer.from(TOPIC)];
      if (qos > 0) body.push(Buffer.from([id >> 8, id & 255]));
      body.push(Buffer.from(PAYLOAD));
      const bytes = Buffer.concat(body);
      return Buffer.concat([Buffer.from([0x30 | (qos << 1), bytes.length]), bytes]);
    }),
  );
}

// Made before a client connects, so that the fake broker is never the bottleneck.
const batches = Array.from({ length: count / BATCH }, (_, i) => batch(i * BATCH, BATCH));

const server = createServer({ noDelay: true }, (socket) => {
  let sent = 0;
  let acknowledged = 0;
  let sending = false;
  /** @type {Buffer} */
  let rest = Buffer.alloc(0);
  const pump = () => {
    while (sending && sent < batches.length && (qos === 0 || sent * BATCH - acknowledged < MOST_IN_FLIGHT)) {
      const next = batches[sent++];
      if (next === undefined || !socket.write(next)) return;
    }
  };
  socket.on('drain', pump);
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let at = 0;
    for (let length = data[1]; length !== undefined && data.length - at >= 2 + length; length = data[at + 1]) {
      const type = data.readUInt8(at) >> 4;
      if (type === 1) socket.write(Buffer.from([0x20, 2, 0, 0]));
      else if (type === 8) {
        socket.write(Buffer.from([0x90, 3, ...data.subarray(at + 2, at + 4), qos]));
        sending = true;
      } else if (type === 3 && data[at + 3] === ASK.length) socket.write(ANSWER);
      else if (type === 4) acknowledged++;
      else if (type === 12) socket.write(Buffer.from([0xd0, 0]));
      else if (type === 14) socket.end();
      at += 2 + length;
    }
    rest = data.subarray(at);
    pump();
  });
});
server.listen(0, '127.0.0.1', () => console.log(/** @type {AddressInfo} */ (server.address()).port));
