// A rejection by the broker is reported with its reason, and exit status 0 never follows.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fakeServer } from '../support/fake-server.ts';
import { LOST_AND_BACK, timeless } from '../support/outage.ts';
import { run, start } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { at, ended, outcome } from './broker.ts';
import { accept, against, expectOneLine, grant, packetIdOf, V3, V5 } from './scripted-server.ts';

interface Reason {
  code: number;
  packets: string[];
  text: string;
}

const reasons: Reason[] = JSON.parse(
  readFileSync(new URL('../fixtures/reason-codes.json', import.meta.url), 'utf8'),
).v5_reason_codes;
const refusalsOf = (packet: string): Reason[] =>
  reasons.filter(({ code, packets }) => code >= 128 && packets.some((name) => name.split(' ')[0] === packet));

const PUB = ['-t', 'a', '-m', 'x'];
const SUB = ['-t', 'a'];
const REFUSED = 'Error: The connection was refused\n';
const PROTOCOL = 'Error: A network protocol error occurred when communicating with the broker\n';
const ADVICE = 'Unsupported Protocol Version. Try connecting to an MQTT v5 broker, or use MQTT v3.x mode.';

describe('a CONNACK that refuses', () => {
  const texts = [
    'unacceptable protocol version',
    'identifier rejected',
    'broker unavailable',
    'bad user name or password',
    'not authorised',
    'unknown reason',
  ];
  for (const [i, text] of texts.entries()) {
    const code = i + 1;
    test(`with ${code} ends both with ${code}: ${text}`, async () => {
      const { port } = await fakeServer(async (connection) => void (await accept(connection, code)));
      const line = `Connection error: Connection Refused: ${text}\n`;
      const args = [...at(port), ...V3];
      expect(outcome(await run('tssub', [...args, ...SUB]))).toEqual(ended(code, '', line));
      expect(outcome(await run('tspub', [...args, ...PUB]))).toEqual(
        ended(code, '', `${line}${code <= 5 ? REFUSED : PROTOCOL}`),
      );
    });
  }

  for (const { code, text } of refusalsOf('CONNACK')) {
    test(`with ${code} ends both with ${code} under -V 5: ${text}`, async () => {
      const { port } = await fakeServer(async (connection) => void (await accept(connection, code)));
      const line = `Connection error: ${code === 132 ? ADVICE : text}\n`;
      const args = [...at(port), ...V5];
      expect(outcome(await run('tssub', [...args, ...SUB]))).toEqual(ended(code, '', line));
      expect(outcome(await run('tspub', [...args, ...PUB]))).toEqual(ended(code, '', `${line}${PROTOCOL}`));
    });
  }

  test('of MQTT 3 under -V 5 reports that this is an older broker', async () => {
    for (const [program, args] of [
      ['tspub', PUB],
      ['tssub', SUB],
    ] as const) {
      const { status, stderr } = await against((c) => c.send('20 02 00 01'), program, [...args, ...V5]);
      expect(status).toBe(132);
      expect(stderr).toMatch(ADVICE);
    }
  });

  test('ends tspub -l though its input never ends', async () => {
    const { port } = await fakeServer(async (connection) => void (await accept(connection, 5)));
    const running = start('tspub', [...at(port), ...V3, '-t', 'a', '-l'], { keepStdinOpen: true });
    const line = 'Connection error: Connection Refused: not authorised\n';
    expect(outcome(await running.exited)).toEqual(ended(5, '', `${line}${REFUSED}`));
  });
});

describe('a refused publish', () => {
  /** The packet with a reason and a reason string. */
  const refusal = (header: number, id: [number, number], code: number) =>
    Buffer.from([header, 9, ...id, code, 5, 0x1f, 0, 2, ...Buffer.from('no')]);

  for (const { code, text } of refusalsOf('PUBACK')) {
    test(`with PUBACK ${code} ends tspub -q 1 with ${code}: ${text}`, async () => {
      const handler: Parameters<typeof against>[0] = async (connection) => {
        await accept(connection);
        await connection.send(refusal(0x40, packetIdOf(await connection.readPacket()), code));
        expect((await connection.readPacket()).header).toBe(0xe0);
        await connection.close();
      };
      const { server: _, ...result } = await against(handler, 'tspub', [...PUB, '-q', '1', ...V5]);
      expect(result).toEqual(ended(code, '', `Warning: Publish 1 failed: ${text}.\nno\n`));
    });
  }

  for (const { code, text } of refusalsOf('PUBREC')) {
    test(`with PUBREC ${code} ends tspub -q 2 with ${code}: ${text}`, async () => {
      const handler: Parameters<typeof against>[0] = async (connection) => {
        await accept(connection);
        await connection.send(refusal(0x50, packetIdOf(await connection.readPacket()), code));
        expect((await connection.readPacket()).header).toBe(0xe0);
        await connection.close();
      };
      const { server: _, ...result } = await against(handler, 'tspub', [...PUB, '-q', '2', ...V5]);
      expect(result).toEqual(ended(code, '', `Warning: Publish 1 failed: ${text}.\nno\n`));
    });
  }

  test('with a success code above 0 is none', async () => {
    const handler: Parameters<typeof against>[0] = async (connection) => {
      await accept(connection);
      await connection.send(Buffer.from([0x40, 3, ...packetIdOf(await connection.readPacket()), 16]));
      await connection.readPacket();
      await connection.close();
    };
    const { server: _, ...result } = await against(handler, 'tspub', [...PUB, '-q', '1', ...V5]);
    expect(result).toEqual(ended(0));
  });

  test('among several of tspub -l is reported, and the others are sent', async () => {
    const received: string[] = [];
    const handler: Parameters<typeof against>[0] = async (connection) => {
      await accept(connection);
      for (;;) {
        const packet = await connection.readPacket();
        if (packet.header >> 4 === 14) break;
        received.push(packet.body.subarray(6).toString());
        const code = received.length === 2 ? 135 : 0;
        await connection.send(Buffer.from([0x40, 3, ...packetIdOf(packet), code]));
      }
      await connection.close();
    };
    const args = ['-t', 'a', '-l', '-q', '1', ...V5];
    const { server: _, ...result } = await against(handler, 'tspub', args, '1\n2\n3\n');
    expect(result).toEqual(ended(135, '', 'Warning: Publish 2 failed: Not authorized.\n'));
    expect(received).toEqual(['1', '2', '3']);
  });

  for (const [name, property, args, status, line] of [
    ['maximum QoS', '24 00', ['-q', '1'], 24, 'Error: Message QoS not supported on broker, try a lower QoS.\n'],
    ['retain available', '25 00', ['-r'], 10, 'Error: Retained messages are not supported on broker, leave out -r.\n'],
    ['maximum packet size', '27 00000004', [], 25, 'Error: Packet larger than supported by the server\n'],
  ] as const) {
    test(`is not even sent when CONNACK has said so: ${name}`, async () => {
      const properties = property.replaceAll(' ', '');
      const length = properties.length / 2;
      const headers: number[] = [];
      const handler: Parameters<typeof against>[0] = async (connection) => {
        await connection.readPacket();
        await connection.send(`20 0${3 + length} 00 00 0${length} ${property}`);
        headers.push((await connection.readPacket()).header);
        await connection.close();
      };
      expectOneLine(await against(handler, 'tspub', [...PUB, ...args, ...V5]), status, line);
      expect(headers).toEqual([0xe0]);
    });
  }
});

describe('a refused subscription', () => {
  const handler =
    (...codes: number[]): Parameters<typeof against>[0] =>
    async (connection) => {
      const isV5 = await accept(connection);
      await grant(connection, isV5, codes);
      await connection.readPacket();
      await connection.close();
    };

  test('ends tssub with 128 and a line when there is no other', async () => {
    const denied = 'All subscription requests were denied.\n';
    expectOneLine(await against(handler(128), 'tssub', [...SUB, ...V3]), 128, denied);
    expectOneLine(await against(handler(128, 128), 'tssub', [...SUB, '-t', 'b', ...V3]), 128, denied);
  });

  for (const { code, text } of refusalsOf('SUBACK')) {
    test(`with ${code} ends tssub with ${code} under -V 5: ${text}`, async () => {
      const { status, stdout, stderr } = await against(handler(code), 'tssub', [...SUB, ...V5]);
      expect({ status, stdout }).toEqual({ status: code, stdout: '' });
      expect(stderr).toMatch(/^All subscription requests were denied\.\n/);
    });
  }

  test('among others is reported, and tssub goes on', async () => {
    const server = await fakeServer(async (connection) => grant(connection, await accept(connection), [0, 128]));
    const running = start('tssub', [...at(server.port), ...V3, '-t', 'a', '-t', 'b']);
    await running.waitForStderr('\n');
    expect(running.stderr()).toMatch(/^Warning: Subscription to 'b' was denied: .+\.\n$/);
    await (await server.connection(0)).send('30 04 0001 61 78');
    await running.waitForStdout('x\n');
  });

  test('among others is not 0 with tssub -E', async () => {
    const { status, stderr } = await against(handler(0, 128), 'tssub', ['-t', 'a', '-t', 'b', '-E', ...V3]);
    expect(status).toBe(128);
    expect(stderr).toMatch(/^Warning: Subscription to 'b' was denied: .+\.\n$/);
  });
});

test('PUBCOMP with 146 for what PUBREC took a moment ago ends tspub with 146: the server has lost it', async () => {
  const handler: Parameters<typeof against>[0] = async (connection) => {
    await accept(connection);
    const [high, low] = packetIdOf(await connection.readPacket());
    await connection.send(Buffer.from([0x50, 2, high, low]));
    await connection.readPacket();
    await connection.send(Buffer.from([0x70, 3, high, low, 146]));
  };
  expectOneLine(
    await against(handler, 'tspub', [...PUB, '-q', '2', ...V5]),
    146,
    'Warning: Publish 1 failed: Packet Identifier not found.\n',
  );
});

test('--retry N is the limit also where the server ends each connection at once and in order', async () => {
  const handler: Parameters<typeof against>[0] = async (connection) => {
    await accept(connection);
    await connection.readPacket();
    await connection.close();
  };
  const retry = ['--retry', '2', '--retry-delay', '0', '-q', '1', ...V3];
  const { server, status, stderr } = await against(handler, 'tspub', [...PUB, ...retry]);
  expect([server.connections.length, status, timeless(stderr)]).toEqual([
    3,
    7,
    `${LOST_AND_BACK}${LOST_AND_BACK}Error: The connection was lost\n`,
  ]);
});

test('a record over which a server ends each connection is named after 5 of them, and goes into the file of --unsent', async () => {
  const server = await fakeServer(async (connection) => {
    await accept(connection);
    const isFirst = server.connections.length === 1;
    if (isFirst) await connection.send(Buffer.from([0x40, 2, ...packetIdOf(await connection.readPacket())]));
    for (let count = 0; count < 2; count++) await connection.readPacket();
    if (isFirst) await connection.close();
    else connection.socket.resetAndDestroy();
  });
  const unsent = join(await tempDir(), 'unsent');
  const records = ['a', 'b\u0001c', 'd'].map((topic) => `${JSON.stringify({ topic, payload: 'x', qos: 1 })}\n`);
  const argv = ['--json-lines', '--unsent', unsent, '--retry-delay', '0.01', ...V3];
  const { status, stderr } = await run('tspub', [...at(server.port), ...argv], { stdin: records.join('') });
  expect(server.connections).toHaveLength(5);
  // Where the end of the input has not come by then.
  const told = timeless(stderr).replace(`Warning: The rest of standard input goes to ${unsent}.\n`, '');
  expect([status, told]).toEqual([
    7,
    `${LOST_AND_BACK.repeat(4)}Error: The connection was lost 5 times in a row with nothing acknowledged: the broker may reject message 2, the first in flight\nWarning: 2 messages were not delivered: they are in ${unsent} (send with --json-lines).\n`,
  ]);
  expect(readFileSync(unsent, 'utf8')).toBe(records.slice(1).join(''));
});

test('a server that acknowledges something on each connection before it goes is come back to', async () => {
  const count = 8;
  const server = await fakeServer(async (connection) => {
    await accept(connection);
    await connection.send(Buffer.from([0x40, 2, ...packetIdOf(await connection.readPacket())]));
    if (server.connections.length < count) await connection.close();
    else for (;;) if ((await connection.readPacket()).header >> 4 === 14) return connection.close();
  });
  const argv = ['-t', 'a', '-l', '-q', '1', '-M', '1', '--retry-delay', '0.01', ...V3];
  const stdin = 'line\n'.repeat(count);
  expect((await run('tspub', [...at(server.port), ...argv], { stdin })).status).toBe(0);
  expect(server.connections).toHaveLength(count);
});

describe('a DISCONNECT of the server', () => {
  for (const { code, text } of refusalsOf('DISCONNECT').slice(0, 8)) {
    test(`with ${code} ends tspub -q 1 with 4 and its reason: ${text}`, async () => {
      const handler: Parameters<typeof against>[0] = async (connection) => {
        await accept(connection);
        await connection.readPacket();
        await connection.send(Buffer.from([0xe0, 1, code]));
        await connection.close();
      };
      expectOneLine(
        await against(handler, 'tspub', [...PUB, '-q', '1', ...V5]),
        4,
        `Error: The client is not currently connected: the broker ended the connection (${text})\n`,
      );
    });
  }

  test('in place of the PINGRESP behind QoS 0 ends tspub with 4', async () => {
    const handler: Parameters<typeof against>[0] = async (connection) => {
      await accept(connection);
      await connection.readPacket();
      await connection.readPacket();
      await connection.send('e0 0b 87 09 1f 00 06 6e 6f 74 20 6d 65');
      await connection.close();
    };
    const line =
      'Error: The client is not currently connected: the broker ended the connection (Not authorized: not me)\n';
    expectOneLine(await against(handler, 'tspub', [...PUB, ...V5]), 4, line);
    expectOneLine(await against(handler, 'tspub', ['-t', 'a', '-l', ...V5], 'x'), 4, line);
  });

  test('with 0 instead of a PUBACK does not pass for success', async () => {
    const handler: Parameters<typeof against>[0] = async (connection) => {
      await accept(connection);
      await connection.readPacket();
      await connection.send('e0 00');
      await connection.close();
    };
    const { status } = await against(handler, 'tspub', [...PUB, '-q', '1', ...V5]);
    expect(status).toBe(4);
  });
});
