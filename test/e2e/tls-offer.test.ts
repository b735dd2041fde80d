// What each program offers the server: the protocol of --tls-alpn inside TLS, and no TLS at all with --no-tls.
import { describe, expect, test } from 'vitest';
import { certificates } from '../support/certs.ts';
import { fakeServer } from '../support/fake-server.ts';
import { run } from '../support/run.ts';
import { recordingServer } from '../support/tls.ts';
import { at } from './broker.ts';

const PROGRAMS: readonly (readonly [program: string, words: readonly string[]])[] = [
  ['tspub', ['-V', '311', '-t', 'a', '-m', 'x']],
  ['tssub', ['-V', '311', '-t', 'a']],
  ['tsrr', ['-V', '311', '-t', 'a', '-e', 'b', '-m', 'x']],
];

/** CONNACK of MQTT 3.1.1: not authorised. All programs end with its number. */
const REFUSAL = Buffer.from([0x20, 2, 0, 5]);

describe('a TLS server', () => {
  test.each(PROGRAMS)('is offered the protocol of --tls-alpn by %s', async (program, words) => {
    const { server, ca } = certificates();
    const { port, secured } = await recordingServer(server, { ALPNProtocols: ['other', 'mqtt'] }, (socket) =>
      socket.once('data', () => socket.end(REFUSAL)),
    );
    const place = ['-h', 'localhost', '-p', `${port}`, '--cafile', ca];
    const { status } = await run(program, [...place, '--tls-alpn', 'mqtt', ...words]);
    expect([status, secured.map(({ alpnProtocol }) => alpnProtocol)]).toEqual([5, ['mqtt']]);
  });

  test.each(PROGRAMS)('is not spoken to by %s --no-tls, which connects in the clear', async (program, words) => {
    const headers: number[] = [];
    const { port } = await fakeServer(async (connection) => {
      headers.push((await connection.readPacket()).header);
      await connection.send(REFUSAL);
      await connection.close();
    });
    const { status } = await run(program, [...at(port), '--cafile', certificates().ca, '--no-tls', ...words]);
    expect([status, headers]).toEqual([5, [0x10]]);
  });
});
