// What a broker, or whoever publishes to it, can send to be too much: it is refused, said, and blocks nothing behind it.
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bytes } from '../mqtt/notation.ts';
import { fakeServer } from '../support/fake-server.ts';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { at, listening, mosquittoPlace, publish, subscribe } from './broker.ts';
import { accept, grant, V3, V5 } from './scripted-server.ts';

const PATIENT = 120_000;
const SESSION = ['-V', '5', '-q', '1', '-c', '-i', 'reader', '-t', '#'];

/** PUBLISH at QoS 1 with more properties than are accepted. */
const POISON = bytes(`32 {"poison" 0001 {${'26 0000 0000 '.repeat(65_536)}} 'evil'}`);
const ORDINARY = bytes('32 {"ordinary" 0002 {} \'fine\'}');
const DISCARDED =
  'Warning: Discarded a message on "poison" with a payload of 4 bytes: ' +
  'it has 65536 properties (327680 bytes); the limit is 65535 properties and 16777216 bytes.\n';

/** Hands the packet to the broker over a connection of its own, and resolves when it is acknowledged. */
function publishRaw(port: number, packet: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    socket.once('data', () => {
      socket.write(packet);
      socket.once('data', () => socket.end(bytes('e0 00'), () => resolve()));
    });
    socket.write(bytes('10 {"MQTT" 05 02 0000 {} "raw"}'));
  });
}

describeWithMosquitto('a message that is too much to hold', () => {
  test('is refused once, and what is behind it is printed', { timeout: PATIENT }, async () => {
    const place = await mosquittoPlace();
    await subscribe(place, [...SESSION, '-E']);
    await publishRaw(place.broker.port, POISON);
    await publish(place, ['-q', '1', '-t', 'ordinary', '-m', 'fine']);
    const first = await run('tssub', [...place.args, ...SESSION, '-C', '1']);
    expect({ ...first, stdout: `${first.stdout}` }).toEqual({
      status: 0x97,
      signal: null,
      stdout: 'fine\n',
      stderr: DISCARDED,
    });
    await publish(place, ['-q', '1', '-t', 'ordinary', '-m', 'next']);
    const second = await run('tssub', [...place.args, ...SESSION, '-C', '1']);
    expect({ ...second, stdout: `${second.stdout}` }).toEqual({
      status: 0,
      signal: null,
      stdout: 'next\n',
      stderr: '',
    });
  });
});

describeWithMosquitto('a message larger than message_size_limit of Mosquitto', () => {
  const HINT = 'Hint: The message is larger than the broker accepts. Send less, or raise its limit.\n';
  const WARNING = 'Warning: Publish 1 failed: Packet too large.\n';
  const INPUT = `${'x'.repeat(20)}\nsmall\n`;
  const limited = () => mosquittoPlace({ extra: ['message_size_limit 10'] });

  test.each(['1', '2'])('at QoS %s is rejected with 149, and -l goes on', { timeout: PATIENT }, async (qos) => {
    const place = await limited();
    const listener = await listening(place, ['-t', 'a', '-q', '2', '-C', '1']);
    const args = [...place.args, '-V', '5', '-q', qos, '-t', 'a', '-l'];
    const { status, stderr } = await run('tspub', args, { stdin: INPUT });
    expect([status, stderr]).toEqual([149, `${WARNING}${HINT}`]);
    expect((await listener.exited).stdout.toString()).toBe('small\n');
  });

  test('stays in a spool, and the next one is sent', { timeout: PATIENT }, async () => {
    const place = await limited();
    const spool = join(tempDir(), 'spool');
    const listener = await listening(place, ['-t', 'a', '-q', '2', '-C', '1']);
    const args = [...place.args, '-V', '5', '-q', '1', '-t', 'a', '-l', '--spool', spool];
    const { status, stderr } = await run('tspub', args, { stdin: INPUT });
    expect(status).toBe(149);
    expect(stderr).toMatch(
      /^Warning: Message 1 refused: Packet too large; it stays in the spool\.\nHint: .+\nkept in .+: 1 waiting/,
    );
    expect((await listener.exited).stdout.toString()).toBe('small\n');
  });
});

test('what -T leaves out is refused without a word', { timeout: PATIENT }, async () => {
  const server = await fakeServer(async (connection) => {
    await accept(connection);
    await grant(connection, true, [1]);
    await connection.send(Buffer.concat([POISON, ORDINARY]));
  });
  const args = [...V5, '-q', '1', '-t', '#', '-T', 'poison', '-C', '1'];
  const result = await run('tssub', [...at(server.port), ...args]);
  expect({ ...result, stdout: `${result.stdout}` }).toEqual({ status: 0, signal: null, stdout: 'fine\n', stderr: '' });
  expect(server.connections[0]!.received.toString('hex')).toContain('4003000197');
});

test('tsrr refuses it too, and goes on waiting for its response', { timeout: PATIENT }, async () => {
  const server = await fakeServer(async (connection) => {
    await accept(connection);
    await grant(connection, true, [1]);
    const request = await connection.readPacket();
    expect(request.header & 0xf0).toBe(0x30);
    await connection.send(Buffer.concat([POISON, bytes('32 {"answer" 0002 {} \'fine\'}')]));
  });
  const args = [...V5, '-q', '1', '-t', 'ask', '-e', 'answer', '-m', 'x', '-W', '60'];
  const result = await run('tsrr', [...at(server.port), ...args]);
  expect({ status: result.status, stdout: `${result.stdout}`, stderr: result.stderr }).toEqual({
    status: 0,
    stdout: 'fine\n',
    stderr: DISCARDED,
  });
});

test.each([
  ['MQTT 3.1.1', V3],
  ['MQTT 5', V5],
])(
  '%s: a packet above --max-packet-size ends tssub with one line that names both',
  { timeout: PATIENT },
  async (_, version) => {
    const server = await fakeServer(async (connection) => {
      await grant(connection, await accept(connection));
      await connection.send(bytes('30 8810'));
    });
    const args = [...version, '-t', '#', '--max-packet-size', '2000', '-k', '5'];
    const result = await run('tssub', [...at(server.port), ...args]);
    expect({ status: result.status, stdout: `${result.stdout}`, stderr: result.stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'Error: A network protocol error occurred when communicating with the broker: ' +
        'packet of 2059 bytes exceeds the maximum packet size of 2000 bytes [MQTT-3.1.2-24]\n' +
        'Hint: Raise --max-packet-size, or omit it.\n',
    });
  },
);

test('a message with 20,000 subscription identifiers has its command run, without the variable that would be too long', {
  timeout: PATIENT,
}, async () => {
  const server = await fakeServer(async (connection) => {
    await accept(connection);
    await grant(connection, true, [1]);
    await connection.send(bytes(`32 {"many" 0001 {${'0b ffffff7f '.repeat(20_000)}} 'fine'}`));
  });
  const command = 'cat; echo " $MQTT_TOPIC $MQTT_SUBSCRIPTION_IDENTIFIER_LEFT_OUT"';
  const args = [...V5, '-q', '1', '-t', '#', '-C', '1', '--exec', command];
  const result = await run('tssub', [...at(server.port), ...args]);
  expect({ status: result.status, stdout: `${result.stdout}`, stderr: result.stderr }).toEqual({
    status: 0,
    stdout: 'fine many 1\n',
    stderr: 'Warning: Too long for the environment of the command for "many": MQTT_SUBSCRIPTION_IDENTIFIER.\n',
  });
});
