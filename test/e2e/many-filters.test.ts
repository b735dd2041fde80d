// Filters by the thousand: one SUBSCRIBE for all of them, as the original sends, and -T as right as with one.
import { expect, test } from 'vitest';
import { fakeServer } from '../support/fake-server.ts';
import { run } from '../support/run.ts';
import { at, outcome } from './broker.ts';
import { accept, grant, publishPacket, V3 } from './scripted-server.ts';

const MANY = 10_000;
const filters = Array.from({ length: MANY }, (_, i) => `f/${i}/+`);

/** The filters of a SUBSCRIBE of MQTT 3.1.1. */
function filtersOf(body: Buffer): string[] {
  const found: string[] = [];
  for (let from = 2; from < body.length; ) {
    const end = from + 2 + body.readUInt16BE(from);
    found.push(body.toString('utf8', from + 2, end));
    from = end + 1;
  }
  return found;
}

test('tssub asks for 10,000 filters of -t in one SUBSCRIBE, in their order [MQTT 3.1.1, 3.8.3]', async () => {
  let asked: string[] = [];
  const server = await fakeServer(async (connection) => {
    await accept(connection);
    const { body } = await connection.readPacket();
    asked = filtersOf(body);
    // Remaining length: two bytes of identifier, and a code for each filter, as a variable byte integer.
    const length = MANY + 2;
    const header = [0x90, (length & 0x7f) | 0x80, length >> 7, body[0]!, body[1]!];
    await connection.send(Buffer.concat([Buffer.from(header), Buffer.alloc(MANY)]));
    await connection.readPacket();
  });
  const words = filters.flatMap((filter) => ['-t', filter]);
  expect(outcome(await run('tssub', [...at(server.port), ...V3, '-E', ...words])).status).toBe(0);
  expect(asked).toEqual(filters);
});

test('tssub leaves out what one of 10,000 filters of -T takes, and nothing else', async () => {
  const server = await fakeServer(async (connection) => {
    await accept(connection);
    await grant(connection, false);
    for (const topic of ['f/0/x', 'f/1', 'f/9999/x', 'f/10000/x', 'g/1/x'])
      await connection.send(publishPacket(topic, 'x'));
    await connection.readPacket();
  });
  const words = filters.flatMap((filter) => ['-T', filter]);
  const { status, stdout } = await run('tssub', [...at(server.port), ...V3, '-v', '-t', '#', '-C', '3', ...words]);
  expect({ status, stdout: stdout.toString() }).toEqual({ status: 0, stdout: 'f/1 x\nf/10000/x x\ng/1/x x\n' });
});
