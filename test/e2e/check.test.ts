/**
 * tscheck against real brokers: the situations that a monitor must tell apart, each with its line and its status.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { startAedes } from '../support/aedes.ts';
import { certificates } from '../support/certs.ts';
import { fakeServer } from '../support/fake-server.ts';
import { type Broker, describeWithMosquitto, mosquittoAvailable, startMosquitto } from '../support/mosquitto.ts';
import { root } from '../support/root.ts';
import { at, run } from '../support/run.ts';
import { freePort, tempDir } from '../support/tmp.ts';

async function check(words: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { stdout, status } = await run('tscheck', [...words], { env, timeoutMs: 60_000 });
  const [line] = stdout.toString().split('\n');
  return `${status} ${line!
    .replace(/ \|.*/, '')
    .replace(/, acknowledged after [\d.]+ \w+$/, '')
    .replace(/\d+(\.\d+)? (ms|s|days|h)\b/g, 'N $2')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'BROKER')}`;
}

const words = (text: string): string[] => text.split(' ');

describeWithMosquitto('tscheck on mosquitto', () => {
  let broker: Broker;

  beforeAll(async () => {
    const folder = tempDir('file');
    const acl = join(folder, 'acl');
    writeFileSync(acl, 'topic readwrite #\ntopic read $SYS/#\nuser nobody\ntopic read none\n');
    broker = await startMosquitto({
      users: { nobody: 'x', good: 'x' },
      tls: certificates().server,
      extra: [`acl_file ${acl}`],
    });
    for (const [topic, payload] of [
      ['room/temp', '21.5'],
      ['room/text', 'warm'],
      ['room/json', '{"t":30}'],
    ] as const)
      expect((await run('tspub', [...at(broker.port), '-t', topic, '-m', payload, '-r', '-q', '1'])).status).toBe(0);
  });

  it.each([
    ['up', '0 MQTT OK - the broker accepted the connection in N ms'],
    ['up -V 311', '0 MQTT OK - the broker accepted the connection in N ms'],
    ['roundtrip', '0 MQTT OK - a message at QoS 1 came back in N ms'],
    ['roundtrip -q 0', '0 MQTT OK - a message at QoS 0 came back in N ms'],
    ['roundtrip -q 1 --critical 60s', '0 MQTT OK - a message at QoS 1 came back in N ms'],
    ['roundtrip -q 2 -t a/b', '0 MQTT OK - a message at QoS 2 came back in N ms'],
    ['roundtrip -V 311 -q 2', '0 MQTT OK - a message at QoS 2 came back in N ms'],
    ['up -u good -P wrong', '2 MQTT CRITICAL - BROKER refused the connection: Not authorized (135)'],
    ['up -V 311 -u good -P wrong', '2 MQTT CRITICAL - BROKER refused the connection: not authorised (5)'],
    [
      'roundtrip -u nobody -P x -q 1',
      "2 MQTT CRITICAL - the broker refused the message on 'tscheck/ID': Not authorized (135)",
    ],
    [
      'roundtrip -u nobody -P x -t none -q 1',
      "2 MQTT CRITICAL - the broker refused the message on 'none': Not authorized (135)",
    ],
    [
      'roundtrip -V 311 -u nobody -P x -t none -q 1 --timeout 2s',
      "2 MQTT CRITICAL - the message on 'none' did not come back",
    ],
    ['roundtrip -u nobody -P x -t none -q 0 --timeout 2s', "2 MQTT CRITICAL - the message on 'none' did not come back"],
    ['value -t room/temp --warn 20:22', "0 MQTT OK - 'room/temp' is 21.5"],
    ['value -t room/temp --warn 22: --critical 10:', "1 MQTT WARNING - 'room/temp' is 21.5, below 22"],
    ['value -t room/temp --critical @20:22', "2 MQTT CRITICAL - 'room/temp' is 21.5, within 20:22"],
    ['value -t room/text --warn 5', "3 MQTT UNKNOWN - 'room/text' is 'warm', which is not a number"],
    ['value -t room/text --match ^cold', "2 MQTT CRITICAL - 'room/text' is 'warm', which does not match ^cold"],
    ['value -t room/none', "3 MQTT UNKNOWN - no value is retained on 'room/none', and no message arrived"],
    ['value -t room/json --json .t --critical 25', "2 MQTT CRITICAL - 'room/json' is 30, above 25"],
    ['value -t room/json --json .x', "3 MQTT UNKNOWN - the payload of 'room/json' has no value at the JSON path"],
    [
      'value -t room/+ --json .t --critical 25',
      "2 MQTT CRITICAL - 3 of 3 values are not good: 'room/json' is 30, above 25",
    ],
    ['fresh -t room/temp --older-than 1s --min 2', '2 MQTT CRITICAL - 1 of 1 topic is silent: room/temp (N s)'],
    ['fresh -t room/temp --older-than 1s', '2 MQTT CRITICAL - 1 of 1 topic is silent: room/temp (N s)'],
    [
      'fresh -t room/+ --older-than 1h --for 1s',
      '3 MQTT UNKNOWN - no message in N s on 3 of 3 topics: room/json, room/temp, room/text',
    ],
    ['limits --require max-qos=2,retain=yes,packet-size>=1000000', /^0 MQTT OK - the broker grants max-qos=2, /],
    ['limits --require packet-size<1000', '2 MQTT CRITICAL - packet-size is 268435460, required is packet-size<1000'],
    ['sys --critical clients-connected=100', /^0 MQTT OK - mosquitto version /],
    ['sys --critical clients-connected=1000:', /^2 MQTT CRITICAL - clients-connected is \d+, below 1000/],
  ])('%s', async (text, outcome) => {
    const found = (await check([...at(broker.port), ...words(text)])).replace(/tscheck-[0-9a-f]{8}/, 'ID');
    if (typeof outcome === 'string') expect(found).toBe(outcome);
    else expect(found).toMatch(outcome);
  });

  it('fresh: a topic with a live message is fresh, and it does not wait for the rest of its time', async () => {
    const publish = setInterval(() => void run('tspub', [...at(broker.port), '-t', 'live', '-m', 'x']), 300);
    try {
      expect(await check([...at(broker.port), ...words('fresh -t live --older-than 60s')])).toBe(
        '0 MQTT OK - 1 topic is fresh, the oldest message is N ms old',
      );
    } finally {
      clearInterval(publish);
    }
  });

  it('fresh --state: a topic that was silent between two runs is CRITICAL', async () => {
    const state = join(tempDir('file'), 'state');
    const fresh = [...at(broker.port), ...words('fresh -t room/temp --older-than 15m --state'), state];
    expect(await check(fresh)).toMatch(/^0 MQTT OK - 1 topic is fresh/);
    const aged = JSON.parse(readFileSync(state, 'utf8'));
    aged.topics['room/temp'].since -= 3_600_000;
    writeFileSync(state, JSON.stringify(aged));
    expect(await check(fresh)).toBe(
      '2 MQTT CRITICAL - 1 of 1 topic is silent: room/temp (N min)'.replace('N min', '60 min'),
    );
  });

  it('cert: good, expiring, expired, of another host, of another authority', async () => {
    const tls = [...at(broker.tlsPort), '--cafile', certificates().ca];
    expect(await check(['cert', ...tls])).toMatch(/^0 MQTT OK - the certificate for localhost, .*, expires in N days$/);
    expect(await check(['cert', ...tls, '--warn', '20000d'])).toMatch(
      /^1 MQTT WARNING - the certificate for localhost/,
    );
    expect(await check(['cert', ...tls, '--critical', '20000d'])).toMatch(
      /^2 MQTT CRITICAL - the certificate for localhost/,
    );
    const other = ['cert', ...at(broker.tlsPort), '--cafile', certificates().otherCa];
    expect(await check(other)).toMatch(/^2 MQTT CRITICAL - BROKER: A TLS error occurred: /);
    for (const [identity, text] of [
      [certificates().expired, /expired/],
      [certificates().wrongHost, /other\.example/],
    ] as const) {
      const bad = await startMosquitto({ tls: identity });
      const found = await check(['cert', ...at(bad.tlsPort), '--cafile', certificates().ca]);
      expect(found).toMatch(/^2 MQTT CRITICAL - BROKER: A TLS error occurred: /);
      expect(found).toMatch(text);
    }
    expect(await check(['cert', ...tls, '--cert', '/nowhere', '--key', '/nowhere'])).toMatch(/^3 MQTT UNKNOWN - /);
  });

  it('up: a broker that is down, and one that starts while it waits', async () => {
    const port = await freePort();
    expect(await check([...at(port), 'up'])).toBe('2 MQTT CRITICAL - BROKER: Connection refused');
    const waiting = check([...at(port), 'up', '--wait', '60s']);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const late = spawn(mosquittoAvailable()!, ['-p', `${port}`], { stdio: 'ignore' });
    try {
      expect(await waiting).toMatch(/^0 MQTT OK - the broker accepted the connection in N ms at attempt \d+$/);
    } finally {
      late.kill();
    }
  });

  it('--checks: 200 topics over one connection', async () => {
    const folder = tempDir('file');
    const list = join(folder, 'checks');
    const lines = Array.from({ length: 200 }, (_, i) => `value -t bulk/${i} --critical 0:1000 --name 'topic ${i}'`);
    writeFileSync(list, `# two hundred topics\n${lines.join('\n')}\n`);
    const input = Array.from({ length: 200 }, (_, i) => `bulk/${i}\t${i}\n`).join('');
    expect(
      (await run('tspub', [...at(broker.port), ...words('-l --topic-from-line -r -q 1')], { stdin: input })).status,
    ).toBe(0);
    const before = broker.log().match(/New client connected/g)!.length;
    expect(await check([...at(broker.port), '--checks', list])).toBe('0 MQTT OK - all 200 checks are OK');
    expect(broker.log().match(/New client connected/g)!.length).toBe(before + 1);
  });

  it('--output: a file for the textfile collector, complete, readable by others, and nothing beside it', async () => {
    const folder = tempDir('file');
    const file = join(folder, 'mqtt.prom');
    expect(await check([...at(broker.port), ...words('up --format prometheus --output'), file])).toBe('0 ');
    expect(readFileSync(file, 'utf8')).toContain('tsmosq_check_status{check="up",broker="127.0.0.1');
    expect(readdirSync(folder)).toEqual(['mqtt.prom']);
  });

  it('runs as in a container: no environment, no home, a closed standard input, and leaves nothing behind', () => {
    const folder = tempDir('file');
    mkdirSync(join(folder, 'empty'));
    const command = `cd '${folder}/empty' && exec env -i timeout -s TERM 20 '${process.execPath}' '${join(root, 'bin/tscheck.js')}' up -h 127.0.0.1 -p ${broker.port} <&-`;
    expect(execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' })).toMatch(/^MQTT OK - [^\n]*\n$/);
    expect(readdirSync(join(folder, 'empty'))).toEqual([]);
  });

  it('a secret is nowhere in its output', async () => {
    for (const format of ['nagios', 'text', 'json', 'prometheus']) {
      const secret = ['-u', 'good', '-P', 'sekret-word', '--format', format, '-d', '--explain'];
      const { stdout, stderr } = await run('tscheck', [...at(broker.port), 'up', ...secret]);
      expect(stdout.toString() + stderr).not.toContain('sekret-word');
    }
  });
});

describe('tscheck on other servers', () => {
  it('a broker of MQTT 3.1.1 only: up and roundtrip with -V 311, and a clear line without', async () => {
    const { port } = await startAedes();
    expect(await check([...at(port), ...words('roundtrip -V 311 -q 1')])).toBe(
      '0 MQTT OK - a message at QoS 1 came back in N ms',
    );
    expect(await check([...at(port), 'up'])).toBe(
      '2 MQTT CRITICAL - BROKER refused the connection: Unsupported Protocol Version (132)',
    );
  });

  it('a server that accepts and stays silent', async () => {
    const { port } = await fakeServer(async (connection) => {
      await connection.readPacket();
      await connection.closed;
    });
    expect(await check([...at(port), ...words('up --timeout 1s')])).toBe(
      '2 MQTT CRITICAL - BROKER: no CONNACK, after N s',
    );
  });

  it('a server that answers PUBACK after 2 s', async () => {
    const { port } = await fakeServer(async (connection) => {
      await connection.readPacket();
      connection.socket.write(Buffer.from([0x20, 3, 0, 0, 0]));
      const subscribe = await connection.readPacket();
      connection.socket.write(Buffer.from([0x90, 4, subscribe.body[0]!, subscribe.body[1]!, 0, 1]));
      const publish = await connection.readPacket();
      const length = publish.body.readUInt16BE(0);
      const [high, low] = [publish.body[2 + length]!, publish.body[3 + length]!];
      connection.socket.write(
        Buffer.from([
          ...[0x30, publish.body.length - 2],
          ...publish.body.subarray(0, 2 + length),
          ...publish.body.subarray(4 + length),
        ]),
      );
      setTimeout(() => connection.socket.write(Buffer.from([0x40, 2, high, low])), 2000);
      await connection.closed;
    });
    const { stdout, status } = await run('tscheck', [...at(port), ...words('roundtrip -q 1')]);
    expect(status).toBe(0);
    expect(Number(/puback=([\d.]+)ms/.exec(stdout.toString())?.[1])).toBeGreaterThan(1900);
  });
});
