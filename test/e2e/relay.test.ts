// What tssub -F %j writes, tspub --json-lines sends again: the same messages, live or from a file; and lines with a topic.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Properties } from '../../src/mqtt/properties.ts';
import { packet, rendered } from '../output/render.ts';
import { type FakeConnection, fakeServer } from '../support/fake-server.ts';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { type Running, run, start } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { at, ended, firstDifference, listening, mosquittoPlace, outcome, type Place, publish } from './broker.ts';
import { accept, packetIdOf, V5 } from './scripted-server.ts';

const COUNT = 10_000;
const BROKER = { extra: ['max_queued_messages 0', 'max_inflight_messages 0'] };
const LONG = 120_000;

/** Every byte, nothing, NUL, invalid UTF-8, line ends, quotes; and lengths that cross every block. */
function payloadOf(i: number): Buffer {
  if (i % 10 === 0) return Buffer.alloc(0);
  if (i % 10 === 1) return Buffer.from([i % 256]);
  if (i % 10 === 2) return Buffer.from(Array.from({ length: 256 }, (_, byte) => (byte + i) % 256));
  if (i % 10 === 3) return Buffer.from(`{"n": ${i}, "é\\"\n\0": [1.0]}`);
  if (i % 1000 === 4) return Buffer.alloc(20_000 + i, `${i} \xff`, 'latin1');
  return Buffer.from(`message ${i}`);
}

function propertiesOf(i: number): Properties {
  if (i % 7 === 0) return [];
  const binary = i % 2 === 0 ? Buffer.from([i % 256, 0xff, 0]) : Buffer.from(`id-${i}`);
  return [
    { name: 'payload-format-indicator', value: 0 },
    { name: 'content-type', value: `text/é; "${i}"` },
    { name: 'response-topic', value: `answers/${i}` },
    { name: 'correlation-data', value: binary },
    { name: 'user-property', value: ['n', `${i}`] },
    { name: 'user-property', value: ['n', ''] },
    { name: 'user-property', value: ['__proto__', '€'] },
    // Where the broker puts it; the order of different properties has no meaning.
    { name: 'message-expiry-interval', value: 4_000_000_000 },
  ];
}

/** Lines as tssub would print them. */
function recording(v5: boolean): Buffer {
  const lines = Array.from({ length: COUNT }, (_, i) => {
    const qos = [0, 1, 2][i % 3] as 0 | 1 | 2;
    const properties = v5 ? propertiesOf(i) : [];
    const message = packet(payloadOf(i), { topic: `in/${i % 17}/é "x"`, qos, packetId: qos && 1 + i, properties });
    return rendered('%j', message, { newline: true }).stdout;
  });
  return Buffer.concat(lines);
}

/** Without the fields that differ in another delivery of the same message. */
const same = (lines: Buffer | string): string =>
  lines
    .toString()
    .replaceAll(/^\{"tst":"[^"]*",/gm, '{')
    .replaceAll(/,"mid":\d+/g, '')
    // The broker takes away the seconds that it kept the message.
    .replaceAll(/"message-expiry-interval":(39999\d{5}|4000000000)/g, '"message-expiry-interval":4000000000');

/**
 * The same, sorted: when QoS 0, 1 and 2 are mixed, two subscribers beside each other may print two orders of what one
 * publisher sent in one.
 */
const sorted = (lines: Buffer): string => same(lines).split('\n').sort().join('\n');

const recorder = (place: Place, args: readonly string[]): Promise<Running> =>
  listening(place, ['-q', '2', '-F', '%j', '-W', '110', ...args]);

describeWithMosquitto('a recording', () => {
  for (const [version, v5] of [
    ['mqttv311', false],
    ['mqttv5', true],
  ] as const) {
    const V = ['-V', version];

    test(`of 10,000 messages is replayed, relayed and recorded the same with ${version}`, {
      timeout: LONG,
    }, async () => {
      const place = await mosquittoPlace(BROKER);
      const sent = recording(v5);
      // The relay: under another broker, because the topics stay as they are.
      const other = await mosquittoPlace(BROKER);
      const first = await recorder(place, [...V, '-t', 'in/#', '-C', `${COUNT}`]);
      const last = await recorder(other, [...V, '-t', 'in/#', '-C', `${COUNT}`]);
      const link = await recorder(place, [...V, '-t', 'in/#', '-C', `${COUNT}`]);
      const relay = start('tspub', [...other.args, ...V, '--json-lines', '--summary'], { keepStdinOpen: true });
      link.child.stdout?.pipe(relay.child.stdin!);

      expect(outcome(await publish(place, [...V, '--json-lines'], { stdin: sent, timeoutMs: 100_000 }))).toEqual(
        ended(0),
      );
      const there = await first.exited;
      expect({ ...outcome(there), stdout: firstDifference(sorted(there.stdout), sorted(sent)) ?? '' }).toEqual(
        ended(0),
      );
      expect(outcome(await relay.exited)).toEqual(
        ended(0, '', 'sent 10000, acknowledged 10000, refused 0, resent 0\n'),
      );
      const relayed = await last.exited;
      expect({ ...outcome(relayed), stdout: firstDifference(sorted(relayed.stdout), sorted(sent)) ?? '' }).toEqual(
        ended(0),
      );
    });
  }

  test('in records that end in NUL, indented, is the same too', async () => {
    const place = await mosquittoPlace(BROKER);
    const args = ['-V', '5', '-0', '--pretty', '-t', 'a', '-C', '2'];
    const first = await recorder(place, args);
    const property = ['-D', 'publish', 'user-property', 'k', 'v'];
    await publish(place, ['-V', '5', '-t', 'a', '-q', '1', '-m', 'two\nlines', ...property]);
    await publish(place, ['-V', '5', '-t', 'a', '-q', '1', '-n']);
    const { stdout } = await first.exited;
    const second = await recorder(place, args);
    expect(outcome(await publish(place, ['-V', '5', '--json-lines', '-0'], { stdin: stdout }))).toEqual(ended(0));
    const clean = (text: Buffer): string => text.toString().replaceAll(/"(tst|mid)":\t[^,]*,/g, '');
    expect(clean((await second.exited).stdout)).toBe(clean(stdout));
  });

  test('of retained messages puts them on another broker, with -q and -r for all and -t for one topic', async () => {
    const place = await mosquittoPlace();
    for (const topic of ['a', 'b/c']) await publish(place, ['-t', topic, '-m', `of ${topic}`, '-r', '-q', '1']);
    const { stdout } = await (await recorder(place, ['-t', '#', '--retained-only', '-C', '2'])).exited;
    const other = await mosquittoPlace();
    expect(outcome(await publish(other, ['--json-lines'], { stdin: stdout }))).toEqual(ended(0));
    const there = await (await recorder(other, ['-t', '#', '--retained-only', '-C', '2'])).exited;
    expect(same(there.stdout).split('\n').sort()).toEqual(same(stdout).split('\n').sort());

    const live = '{"topic":"x","payload":"one","qos":0,"retain":false}';
    const args = ['--json-lines', '-r', '-q', '2', '-t', 'all'];
    expect(outcome(await publish(other, args, { stdin: live }))).toEqual(ended(0));
    const all = await (await recorder(other, ['-t', 'all', '--retained-only', '-C', '1'])).exited;
    expect(same(all.stdout)).toBe('{"topic":"all","qos":2,"retain":true,"payloadlen":3,"payload":"one"}\n');
  });

  test('is replayed with its distances in time, divided by --replay-speed, or with none', async () => {
    const place = await mosquittoPlace();
    const line = (time: string, payload: string): string =>
      `{"tst":"2026-11-${time}+0000","topic":"a","qos":1,"payload":"${payload}"}\n`;
    const listener = await listening(place, ['-t', 'a', '-q', '1', '-C', '5']);
    const slow = line('20T23:02:44.000000', 'one') + line('20T23:02:46.000000', 'two') + line('20T23:02:48.5', 'three');
    const start = performance.now();
    expect(outcome(await publish(place, ['--json-lines', '--replay-speed', '2'], { stdin: slow }))).toEqual(ended(0));
    // A busy machine only makes it longer.
    expect(performance.now() - start).toBeGreaterThan(2250);
    const days = line('20T00:00:00.000000', 'four') + line('22T00:00:00.000000', 'five');
    expect(outcome(await publish(place, ['--json-lines'], { stdin: days }))).toEqual(ended(0));
    expect((await listener.exited).stdout.toString()).toBe('one\ntwo\nthree\nfour\nfive\n');
  });

  test('with topics in front of payloads goes to these topics', async () => {
    const place = await mosquittoPlace();
    const listener = await listening(place, ['-t', '#', '-q', '1', '-C', '4', '-F', '%t=%X']);
    const args = ['-l', '--topic-from-line', '-q', '1'];
    const stdin = Buffer.from('a/b\tone\nc d\t\n', 'latin1');
    expect(outcome(await publish(place, args, { stdin }))).toEqual(ended(0));
    const more = ['-0', '--delimiter', '::'];
    expect(
      outcome(await publish(place, [...args, ...more], { stdin: Buffer.from('e::\n\xff::\0f::x', 'latin1') })),
    ).toEqual(ended(0));
    expect((await listener.exited).stdout.toString()).toBe('a/b=6F6E65\nc d=\ne=0AFF3A3A\nf=78\n');
  });

  test('through tssub -v and back keeps topic and payload', async () => {
    const place = await mosquittoPlace();
    const tagged = await listening(place, ['-t', 'a/#', '-q', '1', '-C', '2', '-F', '%t\\t%p']);
    for (const topic of ['a/b', 'a/c d']) await publish(place, ['-t', topic, '-q', '1', '-m', `at ${topic}`]);
    const { stdout } = await tagged.exited;
    const again = await listening(place, ['-t', 'a/#', '-q', '1', '-C', '2', '-F', '%t\\t%p']);
    const args = ['-l', '--topic-from-line', '-q', '1'];
    expect(outcome(await publish(place, args, { stdin: stdout }))).toEqual(ended(0));
    expect((await again.exited).stdout.toString()).toBe('a/b\tat a/b\na/c d\tat a/c d\n');
    expect(stdout.toString()).toBe('a/b\tat a/b\na/c d\tat a/c d\n');
  });
});

describe('a record that cannot be sent', () => {
  /** Acknowledges each publish, but the first only after the second, and reports what it received. */
  const slowly = async (count: number): Promise<{ port: number; seen: string[] }> => {
    const seen: string[] = [];
    const { port } = await fakeServer(async (connection: FakeConnection) => {
      await accept(connection);
      const ids = [];
      for (let i = 0; i < count; i++) {
        const publish = await connection.readPacket();
        seen.push(publish.body.toString('latin1').replaceAll(/[^a-z]/g, ''));
        ids.push(packetIdOf(publish));
      }
      for (const id of ids) await connection.send(Buffer.from([0x40, 2, ...id]));
      while ((await connection.readPacket()).header !== 0xe0) seen.push('more');
      await connection.close();
    });
    return { port, seen };
  };
  const json = (payload: string): string => `{"topic":"t","qos":1,"payload":"${payload}"}`;
  const bad = '{"topic":"t","qos":1,"payload":"d","properties":{"content-type":1}}';

  for (const { args, feed, lines, problem } of [
    {
      args: ['-l', '--topic-from-line', '-q', '1'],
      feed: '-l --topic-from-line',
      lines: ['t\ta', 't\tb', 'tc', 't\td'],
      problem: 'Line 3 of standard input: tab is missing between topic and payload.',
    },
    {
      args: ['--json-lines'],
      feed: '--json-lines',
      lines: [json('a'), json('b'), bad, json('e'), 'not json'],
      problem: 'Line 3 of standard input: content-type is not well-formed text.',
    },
  ] as const) {
    test(`by ${feed} stops the run once all before it is acknowledged`, async () => {
      const { port, seen } = await slowly(2);
      const result = await run('tspub', [...at(port), ...V5, ...args, '--summary'], { stdin: lines.join('\n') });
      expect(outcome(result)).toEqual(ended(3, '', `Error: ${problem}\nsent 2, acknowledged 2, refused 0, resent 0\n`));
      expect(seen).toEqual(['ta', 'tb']);
    });

    test(`by ${feed} goes to the file of --unsent as it is, and so does all after it`, async () => {
      const { port, seen } = await slowly(2);
      const file = join(tempDir(), 'unsent');
      const result = await run('tspub', [...at(port), ...V5, ...args, '--unsent', file], { stdin: lines.join('\n') });
      const kept = lines.slice(2);
      expect(outcome(result)).toEqual(
        ended(
          3,
          '',
          `Error: ${problem}\nWarning: The rest of standard input goes to ${file}.\n` +
            `Warning: ${kept.length} messages were not delivered: they are in ${file} (send with ${feed}).\n`,
        ),
      );
      expect(readFileSync(file, 'utf8')).toBe(kept.map((line) => `${line}\n`).join(''));
      expect(seen).toEqual(['ta', 'tb']);
    });
  }

  test('as the first one lets nothing be sent', async () => {
    const { port, seen } = await slowly(0);
    const file = join(tempDir(), 'unsent');
    const result = await run('tspub', [...at(port), '--json-lines', '--unsent', file], {
      stdin: `\n${json('a').replace('}', ',"properties":{"content-type":"x"}}')}`,
    });
    expect(result.status).toBe(3);
    expect(result.stderr).toContain('Error: Line 2 of standard input: it has properties, which need MQTT 5 (-V 5).\n');
    expect(seen).toEqual([]);
    expect(existsSync(file)).toBe(true);
  });

  test('because the server refuses it is kept as it was written', async () => {
    const { port } = await fakeServer(async (connection) => {
      await accept(connection);
      await connection.send(Buffer.from([0x40, 3, ...packetIdOf(await connection.readPacket()), 135]));
      while ((await connection.readPacket()).header !== 0xe0);
      await connection.close();
    });
    const file = join(tempDir(), 'unsent');
    const line = `{"qos":1, "topic":"t", "payload":{"n":1.00}}`;
    const result = await run('tspub', [...at(port), ...V5, '--json-lines', '--unsent', file], { stdin: line });
    expect(result.status).toBe(135);
    expect(readFileSync(file, 'utf8')).toBe(`${line}\n`);
  });

  test('because a signal comes before its time is kept', async () => {
    const { port, seen } = await slowly(1);
    const file = join(tempDir(), 'unsent');
    const stamped = (hour: number, payload: string): string =>
      json(payload).replace('{', `{"tst":"2026-11-20T${hour}:02:44.000000+0000",`);
    const lines = [stamped(10, 'a'), stamped(11, 'b'), stamped(12, 'c')];
    const running = start(
      'tspub',
      [...at(port), ...V5, '--json-lines', '--replay-speed', '1', '--unsent', file, '-d'],
      {
        stdin: lines.map((line) => `${line}\n`).join(''),
        keepStdinOpen: true,
      },
    );
    await running.waitForStdout('received PUBACK');
    expect((await running.kill('SIGTERM')).status).toBe(143);
    expect(readFileSync(file, 'utf8')).toBe(`${lines[1]}\n${lines[2]}\n`);
    expect(seen).toEqual(['ta']);
  });
});
