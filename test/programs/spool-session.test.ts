/**
 * tspub --spool and its session: what each version of MQTT can say, what the server still knows, and what stays in the spool.
 * Covers src/commands/pub-spool/spool-session.ts.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { ConnectPacket, Packet } from '../../src/mqtt/types.ts';
import type { ProgramOptions, RunningProgram } from '../support/program.ts';
import { runTool } from '../support/tools.ts';
import { DEAF, DOWN, disk, keep, newSpool, payloads, said, spoolRun, waitingIn } from './spool-runs.ts';

const EXPIRES = '-t a -q 1 -m x -D publish message-expiry-interval 5';
const IN_PROPERTIES = '-t a -q 1 -m x -D publish content-type text';

const connects = ({ server }: RunningProgram): ConnectPacket[] =>
  server.packets.filter((packet) => packet.type === 'connect');
/** A message at QoS 2 of which the broker has read no more than the packets before `last`. */
async function leftInFlight(folder: string, words: string, ignored: Packet['type']): Promise<void> {
  const options: ProgramOptions = { server: { intercept: ({ type }) => type === ignored || type === 'pingreq' } };
  const { status, stderr } = await spoolRun(folder, `${words} -k 5`, options).finish();
  expect([status, stderr]).toEqual([0, expect.stringContaining('1 waiting')]);
}
/** Takes a message out of the file that it is in. */
function spoil(folder: string, payload: string): void {
  const path = `${folder}/${readdirSync(folder).find((name) => name.endsWith('.msg'))}`;
  const bytes = readFileSync(path);
  bytes[bytes.indexOf(payload)]! ^= 1;
  writeFileSync(path, bytes);
}

it.each([
  [3, '', false, undefined],
  [4, '', false, undefined],
  [5, '', false, 604_800],
  [5, ' -x 60', false, 60],
  [5, ' -D connect session-expiry-interval 7', false, 7],
] as const)('MQTT version %s%s: the server is asked to keep the session', async (version, words, clean, expiry) => {
  const running = spoolRun(newSpool(), `-t a -q 1 -m x${words}`, { version });
  expect(await running.finish()).toEqual({ status: 0, stdout: '', stderr: '' });
  const [connect, ...others] = connects(running);
  expect([connect?.clean, others.length]).toEqual([clean, 0]);
  expect(connect?.properties.find(({ name }) => name === 'session-expiry-interval')?.value).toBe(expiry);
});

it('every run has the client identifier of the spool, also in MQTT 3.1 without asking what the server knows', async () => {
  const folder = newSpool();
  const first = spoolRun(folder, '-t a -q 2 -m 1', { version: 3 });
  await first.finish();
  const second = spoolRun(folder, '-t a -q 2 -m 2', { version: 3 });
  expect(await second.finish()).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(connects(second)[0]?.clientId).toBe(connects(first)[0]?.clientId);
  expect(connects(second)[0]?.clientId).toMatch(/^tsspool\w{16}$/);
});

it.each([1, 2])('%i with properties: an older MQTT leaves them in the spool, and sends the rest', async (count) => {
  const folder = newSpool();
  await keep(folder, `${IN_PROPERTIES} --repeat ${count}`);
  await keep(folder, '-t a -m plain', { version: 4 });
  const running = spoolRun(folder, '--flush', { version: 4 });
  const outcome = await running.finish();
  const them = count === 1 ? ['1 message', 'stays'] : ['2 messages', 'stay'];
  expect([outcome.status, said(outcome, folder), payloads(running)]).toEqual([
    1,
    `Warning: ${them[0]} with properties, which need MQTT 5 (-V 5), ${them[1]} in the spool.\nkept in DIR: ${count} waiting, oldest N s\n`,
    'plain',
  ]);
  // Of another run's messages it is not the status.
  expect((await spoolRun(folder, '-t a -q 1 -m more', { version: 4 }).finish()).status).toBe(0);
  const later = spoolRun(folder, '--flush', { version: 5 });
  expect([(await later.finish()).status, payloads(later)]).toEqual([0, Array(count).fill('x').join('/')]);
});

it('with properties and on its way: an older MQTT sends nothing, and --flush ends with 1', async () => {
  const folder = newSpool();
  await leftInFlight(folder, '-t a -q 2 -m x -D publish content-type text', 'publish');
  const running = spoolRun(folder, '--flush', { version: 4 });
  const outcome = await running.finish();
  expect([outcome.status, said(outcome, folder), running.wire]).toEqual([
    1,
    'Error: A message in flight has properties, which need MQTT 5 (-V 5); nothing is sent.\nkept in DIR: 1 waiting, oldest N s\n',
    '',
  ]);
  expect(await waitingIn(folder)).toBe('x');
});

it('with properties and received by the server: an older MQTT can bring it to its end', async () => {
  const folder = newSpool();
  await leftInFlight(folder, '-t a -q 2 -m x -D publish content-type text', 'pubrel');
  const { status, stderr } = await spoolRun(folder, '--flush -d', { version: 3 }).finish();
  expect([status, stderr]).toEqual([0, '']);
  expect(await waitingIn(folder)).toBe('');
});

it.each([1, 2])('%i that expired in the spool are dropped, and that is reported', async (count) => {
  const folder = newSpool();
  await keep(folder, `${EXPIRES} --repeat ${count}`);
  const running = spoolRun(folder, '--flush', { attempt: () => ({ latency: 5000 }) });
  const { status, stderr } = await running.finish();
  const them = count === 1 ? '1 message had expired and was' : '2 messages had expired and were';
  expect([status, stderr, payloads(running)]).toEqual([0, `Warning: ${them} dropped.\n`, '']);
});

it('what has not expired is sent with the seconds that are left', async () => {
  const folder = newSpool();
  await keep(folder, EXPIRES);
  const running = spoolRun(folder, '--flush', { attempt: () => ({ latency: 1000 }) });
  expect((await running.finish()).status).toBe(0);
  expect(running.server.accepted[0]?.properties).toEqual([{ name: 'message-expiry-interval', value: 2 }]);
});

it('a topic alias belongs to its connection, and is not kept', async () => {
  const folder = newSpool();
  await keep(folder, '-t a -q 1 -m x -D publish topic-alias 1');
  expect((await runTool('tsspool', [folder, 'show', '1'])).stdout).not.toContain('Property');
  const running = spoolRun(folder, '--flush');
  await running.finish();
  expect(running.server.accepted).toMatchObject([{ topic: 'a', properties: [] }]);
});

it.each([
  ['--flush', 1],
  ['-t a -q 1 -m more', 0],
])('a message that is damaged on the disk: %s ends with %i', async (words, status) => {
  const folder = newSpool();
  for (const payload of ['one', 'other', 'three']) await keep(folder, `-t a -q 1 -m ${payload}`);
  spoil(folder, 'other');
  const running = spoolRun(folder, words);
  const outcome = await running.finish();
  expect([outcome.status, payloads(running)]).toEqual([status, status === 1 ? 'one/three' : 'one/three/more']);
  expect(said(outcome, folder)).toContain('Warning: DIR: a message is missing between 2 and 2\n');
});

it('what waits and cannot be read has no age to report', async () => {
  const folder = newSpool();
  await keep(folder, '-t a -q 1 -m other');
  spoil(folder, 'other');
  const outcome = await spoolRun(folder, '--flush --spool-status 75', DOWN).finish();
  expect([outcome.status, said(outcome, folder)]).toEqual([75, expect.stringMatching(/kept in DIR: 1 waiting\n$/)]);
});

const DAMAGED = 'Warning: The record of messages in flight is lost, so messages may be duplicated.\n';

/** A spool of which a message that was on its way is damaged: the server has to forget the session. */
async function forgetful(): Promise<string> {
  const folder = newSpool();
  await leftInFlight(folder, '-t a -q 2 -m other', 'publish');
  spoil(folder, 'other');
  return folder;
}

it.each([
  [3, 'connect disconnect connect publish2 pubrel disconnect', [true, false]],
  [4, 'connect disconnect connect publish2 pubrel disconnect', [true, false]],
  [5, 'connect publish2 pubrel disconnect', [true]],
] as const)(
  'when what was on its way is not known any more, MQTT version %i first has the server forget the session',
  async (version, wire, clean) => {
    const folder = await forgetful();
    const running = spoolRun(folder, '-t a -q 2 -m x', { version });
    const { status, stderr } = await running.finish();
    expect([status, running.wire, payloads(running)]).toEqual([0, wire, 'x']);
    expect(stderr).toContain(DAMAGED);
    expect(connects(running).map((packet) => packet.clean)).toEqual(clean);
    // It is forgotten once.
    const next = spoolRun(folder, '-t a -q 2 -m y', { version });
    expect(await next.finish()).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(connects(next).map((packet) => packet.clean)).toEqual([false]);
  },
);

it.each([
  ['cannot be reached', DOWN, 'Warning: Connection failed\n'],
  ['refuses', { server: { connackCode: () => 5 } }, 'Warning: Connection error: Connection Refused: not authorised\n'],
] satisfies [string, ProgramOptions, string][])(
  'a server that %s cannot forget: nothing is sent, and what is new is kept',
  async (_, options, reason) => {
    const folder = await forgetful();
    const running = spoolRun(folder, '-t a -q 2 -m x', { ...options, version: 4 });
    const outcome = await running.finish();
    expect(outcome.status).toBe(0);
    expect(said(outcome, folder)).toContain(`${DAMAGED}${reason}kept in DIR: `);
    expect(running.wire).not.toContain('publish');
    expect(await waitingIn(folder)).toBe('x');
    const later = spoolRun(folder, '--flush', { version: 4 });
    await later.finish();
    expect([payloads(later), connects(later).map(({ clean }) => clean)]).toEqual(['x', [true, false]]);
  },
);

it.each(['-t a -q 2 -m x', '-t a -q 2 -l', '--flush'])(
  '%s: a signal ends the wait for a server that is to forget the session',
  async (words) => {
    const folder = await forgetful();
    const running = spoolRun(folder, words, { attempt: () => 'silent', version: 4, stdin: 'x\n', terminals: [2] });
    await running.pass(1000);
    // Nor is anything sent that could be reported on a terminal.
    expect(running.stderr).not.toContain(' sent, ');
    running.signal('SIGINT');
    const outcome = await running.finish();
    expect([outcome.status, running.endedAt]).toEqual([130, 1000]);
    expect(outcome.stderr).not.toContain('Error: ');
    // Nothing of standard input was taken yet.
    expect(await waitingIn(folder)).toBe(words.includes('-m') ? 'x' : '');
  },
);

it.each([
  ['-t a -q 1 -m x', {}],
  ['-t a -q 1 -l', { stdin: 'x\n' }],
] satisfies [string, ProgramOptions][])(
  '%s: a broker that asks for authentication is reported as that, and the message is kept',
  async (words, options) => {
    const folder = newSpool();
    const running = spoolRun(folder, `${words} -D connect authentication-method m`, {
      ...options,
      server: {
        intercept: (packet, connection) => {
          if (packet.type !== 'connect') return false;
          connection.write({ type: 'auth', code: 0x18, properties: [{ name: 'authentication-method', value: 'm' }] });
          return true;
        },
      },
    });
    const outcome = await running.finish();
    expect([outcome.status, said(outcome, folder)]).toEqual([
      0,
      'Warning: Authorisation failed\nkept in DIR: 1 waiting, oldest N s\n',
    ]);
    expect(await waitingIn(folder)).toBe('x');
  },
);

it.each([1, 2])('QoS %i: the words of a broker that refuses are reported', async (qos) => {
  const folder = newSpool();
  const properties = [{ name: 'reason-string', value: 'not today' }] as const;
  const running = spoolRun(folder, `-t a -q ${qos} -m x`, {
    server: {
      intercept: (packet, connection) => {
        if (packet.type !== 'publish') return false;
        const { packetId } = packet;
        connection.write({ type: qos === 1 ? 'puback' : 'pubrec', packetId, code: 0x97, properties });
        return true;
      },
    },
  });
  const outcome = await running.finish();
  expect([outcome.status, said(outcome, folder)]).toEqual([
    0x97,
    'Warning: Message 1 refused: Quota exceeded (not today); it stays in the spool.\n' +
      'Hint: The broker has reached a limit. Try again later, or raise its limit.\nkept in DIR: 1 waiting, oldest N s\n',
  ]);
});

it.each([0, 1, 2])('QoS %i: what is too large for the server stays, and what is behind it is sent', async (qos) => {
  const folder = newSpool();
  const running = spoolRun(folder, `-t a -q ${qos} -l`, {
    stdin: `1\n${'x'.repeat(100)}\n3\n`,
    server: { properties: () => [{ name: 'maximum-packet-size', value: 100 }] },
  });
  const outcome = await running.finish();
  expect([outcome.status, said(outcome, folder), payloads(running)]).toEqual([
    149,
    'Warning: Message 2 refused: Packet too large; it stays in the spool.\n' +
      'Hint: The message is larger than the broker accepts. Send less, or raise its limit.\nkept in DIR: 1 waiting, oldest N s\n',
    '1/3',
  ]);
  expect(await waitingIn(folder)).toBe('x'.repeat(100));
});

it('no more are on their way at once than the server allows', async () => {
  const running = spoolRun(newSpool(), '-t a -q 2 -m x --repeat 3', {
    attempt: () => ({ latency: 10 }),
    server: { properties: () => [{ name: 'receive-maximum', value: 1 }] },
  });
  expect((await running.finish()).status).toBe(0);
  const sent = running.wire.replaceAll(' pingreq', '');
  expect(sent).toBe('connect publish2 pubrel publish2 pubrel publish2 pubrel disconnect');
});

it('on one topic what follows a message at QoS 2 waits until its PUBREL has left, so that the order stays', async () => {
  const folder = newSpool();
  for (const qos of [1, 2, 1, 0]) await keep(folder, `-t a -q ${qos} -m ${qos}`);
  const running = spoolRun(folder, '--flush', { attempt: () => ({ latency: 10 }) });
  expect((await running.finish()).status).toBe(0);
  expect(payloads(running)).toBe('1/2/1/0');
  const wire = running.wire.replaceAll(' pingreq', '');
  expect(wire).toBe('connect publish1 publish2 pubrel publish1 publish0 disconnect');
});

it('on different topics nothing waits for what is of another QoS', async () => {
  const folder = newSpool();
  for (const [i, qos] of [1, 2, 1, 0, 2, 0].entries()) await keep(folder, `-t topic${i} -q ${qos} -m ${i}`);
  const running = spoolRun(folder, '--flush', { attempt: () => ({ latency: 10 }) });
  expect((await running.finish()).status).toBe(0);
  const wire = running.wire.replaceAll(' pingreq', '');
  expect(wire).toBe('connect publish1 publish2 publish1 publish0 publish2 publish0 pubrel pubrel disconnect');
});

it.each([
  ['QoS 0 and 1 on one topic', () => 'a', [0, 1]],
  ['any QoS on many topics', (i: number) => `topic${i}`, [0, 1, 2, 1, 0, 2]],
])('a mix of %s takes less than twice the time of one QoS', async (_, topic, mix) => {
  const ends: number[] = [];
  for (const qos of [() => 1, (i: number) => mix[i % mix.length]]) {
    const lines = Array.from({ length: 120 }, (_, i) => `{"topic":"${topic(i)}","payload":"${i}","qos":${qos(i)}}\n`);
    const folder = newSpool();
    await keep(folder, '--json-lines', { stdin: lines.join('') });
    const running = spoolRun(folder, '--flush', { attempt: () => ({ latency: 10 }) });
    expect((await running.finish()).status).toBe(0);
    expect(payloads(running)).toBe(lines.map((_, i) => i).join('/'));
    ends.push(running.endedAt!);
  }
  expect(ends[1]! / ends[0]!).toBeLessThan(2);
});

it('a mix of any QoS on many topics takes no more syncs than as many messages at QoS 2', async () => {
  const syncs = [0, 0];
  for (const [run, qos] of [() => 2, (i: number) => [1, 2, 0][i % 3]].entries()) {
    const folder = newSpool();
    const lines = Array.from({ length: 300 }, (_, i) => `{"topic":"topic${i}","payload":"${i}","qos":${qos(i)}}\n`);
    await keep(folder, '--json-lines', { stdin: lines.join('') });
    const counted = disk((call) => {
      if (call === 'fsyncSync') syncs[run]!++;
      return undefined;
    });
    const running = spoolRun(folder, '--flush -M 20', { attempt: () => ({ latency: 10 }), disk: counted });
    expect((await running.finish()).status).toBe(0);
  }
  expect(syncs[1]).toBeLessThan(syncs[0]!);
});

it('a message at QoS 2 that starts over because the session is lost holds up the next of its topic, and no longer', async () => {
  const folder = newSpool();
  for (const qos of [2, 1]) await keep(folder, `-t a -q ${qos} -m ${qos}`);
  const running = spoolRun(folder, '--flush --retry 3', {
    server: {
      keeps: () => false,
      properties: () => [{ name: 'receive-maximum', value: 1 }],
      intercept: ({ type }) => type === 'pubrel' && running.attempts === 1,
    },
  });
  await running.got('pubrel');
  running.link?.cut();
  expect((await running.finish()).status).toBe(0);
  const again = running.wire.replaceAll(' pingreq', '').split(' connect ')[1];
  expect(again).toBe('publish2 pubrel publish1 disconnect');
});

it('a run that is cut off leaves the next one the order of each topic', async () => {
  const folder = newSpool();
  for (const [qos, topic, text] of ['1 a 1', '1 b x', '2 a 2', '1 a 3'].map((row) => row.split(' ')))
    await keep(folder, `-t ${topic} -q ${qos} -m ${text}`);
  const first = spoolRun(folder, '--flush -k 5', { server: { intercept: ({ type }) => type !== 'connect' } });
  await first.finish();
  expect(first.wire).toContain('connect publish1 publish1 publish2');
  const second = spoolRun(folder, '--flush');
  expect([(await second.finish()).status, payloads(second), await waitingIn(folder)]).toEqual([0, '1/2/x/3', '']);
});

it('a run whose session is lost says that it may duplicate, and a server that keeps it gets nothing twice', async () => {
  const folder = newSpool();
  const running = spoolRun(folder, '-t a -q 2 -l', {
    stdin: 'open',
    server: { keeps: () => false, intercept: ({ type }) => type === 'pubrel' && running.attempts === 1 },
  });
  running.stdin.push('1\n');
  await running.got('pubrel');
  running.link?.cut();
  await running.got('connect', 2);
  running.stdin.end();
  const outcome = await running.finish();
  expect([outcome.status, outcome.stderr]).toEqual([
    0,
    'Warning: The connection was lost; connecting again.\nConnected again after 1 s and 1 attempt.\nWarning: The broker lost the session; 1 message is sent again and may be duplicated.\n',
  ]);
});

it('a server that never answers does not hold --flush', async () => {
  const folder = newSpool();
  await keep(folder, '-t a -q 1 -m x');
  const { status } = await spoolRun(folder, '--flush -k 5 --spool-status 75', DEAF).finish();
  expect([status, await waitingIn(folder)]).toEqual([75, 'x']);
});
