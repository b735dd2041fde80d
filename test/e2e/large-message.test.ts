// tssub -F with a long message and a reader that takes nothing: what waits is small, and keepalive goes on.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fakeServer } from '../support/fake-server.ts';
import { at, start } from '../support/run.ts';

const PATIENT = 120_000;
const PINGREQ = 0xc0;
/** Node itself has 50 MB; the output alone would be 100 MB and more. */
const MOST_KIB = 200 * 1024;

/** A PUBLISH at QoS 0 to the topic `a`, of MQTT 3.1.1. */
function publishOf(payload: Buffer): Buffer {
  const digits: number[] = [];
  for (let left = payload.length + 3; left > 0; left >>= 7) digits.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
  return Buffer.concat([Buffer.of(0x30, ...digits, 0, 1, 0x61), payload]);
}

const NESTED = `${'{"a":'.repeat(990)}1${'}'.repeat(990)}`;

test.skipIf(process.platform !== 'linux')(
  'is in memory only as it came, and the broker is answered while the output has no reader',
  { timeout: PATIENT },
  async () => {
    const payload = Buffer.from(`[${Array(500).fill(NESTED).join(',')}]`);
    let pings = 0;
    let pinged = (): void => {};
    const twice = new Promise<void>((resolve) => {
      pinged = resolve;
    });
    const server = await fakeServer(async (connection) => {
      await connection.readPacket();
      await connection.send('20 02 00 00');
      const { body } = await connection.readPacket();
      await connection.send(Buffer.of(0x90, 3, body[0]!, body[1]!, 0));
      await connection.send(publishOf(payload));
      for (;;) {
        const { header } = await connection.readPacket();
        if (header !== PINGREQ) continue;
        await connection.send('d0 00');
        if (++pings === 2) pinged();
      }
    });
    const args = ['-V', '311', ...at(server.port), '-k', '5', '-C', '1'];
    const running = start('tssub', [...args, '-t', 'a', '-F', '%J', '--pretty'], { leaveStdout: true });
    await twice;
    const status = readFileSync(`/proc/${running.child.pid}/status`, 'latin1');
    expect(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1])).toBeLessThan(MOST_KIB);
    const chunks: Buffer[] = [];
    running.child.stdout!.on('data', (chunk: Buffer) => chunks.push(chunk));
    const { status: exit, stderr } = await running.exited;
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    const message = JSON.parse(Buffer.concat(chunks).toString()) as { payload: unknown };
    expect(JSON.stringify(message.payload) === payload.toString()).toBe(true);
  },
);
