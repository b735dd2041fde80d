// What the programs do for their users, on any broker and over any transport: call suite() with a way to get there.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { tempDir } from '../support/tmp.ts';
import { ended, listening, outcome, type Place, publish, subscribe, type Version } from './broker.ts';

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const SENT = ended(0);

/** What a broker has of MQTT; by default all. */
export interface Offer {
  readonly levels?: readonly (0 | 1 | 2)[];
  readonly lacks?: readonly 'retained messages for wildcards'[];
}

/** `open` is called once for each version. */
export function suite(
  name: string,
  versions: readonly Version[],
  open: () => Promise<Place>,
  { levels = [0, 1, 2], lacks = [] }: Offer = {},
): void {
  for (const version of versions) {
    describe(`${name}, ${version}`, () => {
      let reached: Place;

      beforeAll(async () => {
        const place = await open();
        reached = { ...place, args: [...place.args, '-V', version] };
      });

      for (const qos of levels) describe(`QoS ${qos}`, () => laws(() => reached, qos, lacks));
    });
  }
}

let topics = 0;

function laws(reach: () => Place, qos: number, lacks: NonNullable<Offer['lacks']>): void {
  const q = ['-q', `${qos}`];
  const pub = async (...args: string[]) => outcome(await publish(reach(), [...q, ...args]));
  const sub = async (...args: string[]) => outcome(await subscribe(reach(), [...q, ...args]));
  const listen = (...args: string[]) => listening(reach(), [...q, ...args]);
  const newTopic = () => `suite/${process.pid}/${++topics}`;

  test('tssub prints what tspub -m sends', async () => {
    const topic = newTopic();
    const listener = await listen('-t', topic, '-C', '1');
    expect(await pub('-t', topic, '-m', 'Grüße, 世界')).toEqual(SENT);
    expect(outcome(await listener.exited)).toEqual(ended(0, 'Grüße, 世界\n'));
  });

  test('tspub -r leaves a message for a later tssub', async () => {
    const topic = newTopic();
    expect(await pub('-t', topic, '-m', 'kept', '-r')).toEqual(SENT);
    expect(await sub('-t', topic, '-C', '1')).toEqual(ended(0, 'kept\n'));
  });

  test.skipIf(lacks.includes('retained messages for wildcards'))(
    'tspub -n -r takes a retained message away',
    async () => {
      const topic = newTopic();
      await pub('-t', `${topic}/gone`, '-m', 'gone', '-r');
      await pub('-t', `${topic}/kept`, '-m', 'kept', '-r');
      expect(await pub('-t', `${topic}/gone`, '-n', '-r')).toEqual(SENT);
      const listener = await listen('-t', `${topic}/#`, '-v', '--retained-only');
      await listener.waitForStdout('kept');
      await pub('-t', `${topic}/end`, '-m', 'end');
      expect(outcome(await listener.exited)).toEqual(ended(0, `${topic}/kept kept\n`));
    },
  );

  test('an empty message counts, and is shown by -v only', async () => {
    const topic = newTopic();
    const plain = await listen('-t', topic, '-C', '2');
    const verbose = await listen('-t', topic, '-C', '2', '-v');
    expect(await pub('-t', topic, '-n')).toEqual(SENT);
    expect(await pub('-t', topic, '-m', '')).toEqual(SENT);
    expect(outcome(await plain.exited)).toEqual(ended(0, ''));
    expect(outcome(await verbose.exited)).toEqual(ended(0, `${topic} (null)\n${topic} (null)\n`));
  });

  test('tspub -s and tssub -N carry every byte there is', async () => {
    const topic = newTopic();
    const listener = await listen('-t', topic, '-C', '1', '-N');
    expect((await publish(reach(), [...q, '-t', topic, '-s'], { stdin: EVERY_BYTE })).status).toBe(0);
    const { status, stdout } = await listener.exited;
    expect(stdout).toEqual(EVERY_BYTE);
    expect(status).toBe(0);
  });

  test('tspub -f sends a file, tspub -l every line, and tssub -C exits after COUNT messages', async () => {
    const topic = newTopic();
    const file = join(tempDir(), 'file');
    writeFileSync(file, 'of\nthe file');
    const listener = await listen('-t', topic, '-C', '6');
    expect(await pub('-t', topic, '-f', file)).toEqual(SENT);
    const lines = await publish(reach(), [...q, '-t', topic, '-l'], { stdin: 'one\n\ntwo \r\n\tthree\nlast' });
    expect(outcome(lines)).toEqual(SENT);
    expect(outcome(await listener.exited)).toEqual(ended(0, 'of\nthe file\none\ntwo \r\n\tthree\nlast\n'));
  });

  test('tssub takes several -t and wildcards, prints topics with -v, and -T filters out', async () => {
    const topic = newTopic();
    const filters = ['-t', `${topic}/a`, '-t', `${topic}/+/x`, '-t', `${topic}/deep/#`];
    const listener = await listen(...filters, '-T', `${topic}/b/x`, '-T', `${topic}/deep/+/no`, '-v', '-C', '5');
    for (const last of ['a', 'other', 'b/x', 'c/x', 'c/x/y', 'deep', 'deep/1/no', 'deep/1/yes', 'deep/1/yes/yes'])
      expect(await pub('-t', `${topic}/${last}`, '-m', last)).toEqual(SENT);
    const printed = ['a', 'c/x', 'deep', 'deep/1/yes', 'deep/1/yes/yes'].map((last) => `${topic}/${last} ${last}\n`);
    expect(outcome(await listener.exited)).toEqual(ended(0, printed.join('')));
  });

  test('tssub -R prints live messages only', async () => {
    const topic = newTopic();
    await pub('-t', topic, '-m', 'old', '-r');
    const listener = await listen('-t', topic, '-R', '-C', '2');
    await pub('-t', topic, '-m', 'new');
    await pub('-t', topic, '-m', 'newer', '-r');
    expect(outcome(await listener.exited)).toEqual(ended(0, 'new\nnewer\n'));
  });

  test('tssub --retained-only leaves at the first live message', async () => {
    const topic = newTopic();
    await pub('-t', topic, '-m', 'old', '-r');
    const listener = await listen('-t', topic, '--retained-only');
    await listener.waitForStdout('old\n');
    await pub('-t', topic, '-m', 'new');
    expect(outcome(await listener.exited)).toEqual(ended(0, 'old\n'));
  });

  test('--will-topic, --will-payload, --will-qos and --will-retain speak for a tssub that was killed', async () => {
    const topic = newTopic();
    const will = ['--will-topic', topic, '--will-payload', 'died', '--will-qos', `${qos}`, '--will-retain'];
    const mortal = await listen('-t', `${topic}/nothing`, ...will);
    const listener = await listen('-t', topic, '-v', '-C', '1');
    await mortal.kill('SIGKILL');
    expect(outcome(await listener.exited)).toEqual(ended(0, `${topic} died\n`));
    expect(await sub('-t', topic, '-C', '1')).toEqual(ended(0, 'died\n'));
  });

  test('-d of both prints the packets of this QoS', async () => {
    const topic = newTopic();
    const listener = await listen('-t', topic, '-d', '-i', `sub-${topics}`);
    const { stdout } = await pub('-t', topic, '-m', 'four', '-d', '-i', `pub-${topics}`);
    expect(stdout.replaceAll(`pub-${topics}`, 'ID')).toBe(toldByPublisher(topic)[qos]);
    await listener.waitForStdout(LAST_OF_FLOW[qos]!);
    const told = outcome(await listener.kill('SIGTERM'))
      .stdout.replaceAll(`sub-${topics}`, 'ID')
      .replace(/(?<=\bm|Mid: )[1-9]\d*/g, 'N'); // identifiers are the broker's choice
    expect(told.slice(told.indexOf('Client ID received PUBLISH'))).toBe(toldBySubscriber(topic)[qos]);
  });
}

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

function toldByPublisher(topic: string): string[] {
  const before = ['Client ID sending CONNECT', 'Client ID received CONNACK (0)'];
  const message = (qos: number) => `Client ID sending PUBLISH (d0, q${qos}, r0, m1, '${topic}', ... (4 bytes))`;
  const after = 'Client ID sending DISCONNECT';
  return [
    text([...before, message(0), 'Client ID sending PINGREQ', 'Client ID received PINGRESP', after]),
    text([...before, message(1), 'Client ID received PUBACK (Mid: 1, RC:0)', after]),
    text([
      ...before,
      message(2),
      'Client ID received PUBREC (Mid: 1)',
      'Client ID sending PUBREL (m1)',
      'Client ID received PUBCOMP (Mid: 1, RC:0)',
      after,
    ]),
  ];
}

const LAST_OF_FLOW = ['four\n', 'PUBACK', 'PUBCOMP'];

/** A message is printed before it is acknowledged. */
function toldBySubscriber(topic: string): string[] {
  const message = (qos: number) =>
    `Client ID received PUBLISH (d0, q${qos}, r0, m${qos === 0 ? 0 : 'N'}, '${topic}', ... (4 bytes))`;
  const after = 'Client ID sending DISCONNECT';
  return [
    text([message(0), 'four', after]),
    text([message(1), 'four', 'Client ID sending PUBACK (mN, rc0)', after]),
    text([
      message(2),
      'four',
      'Client ID sending PUBREC (mN, rc0)',
      'Client ID received PUBREL (Mid: N)',
      'Client ID sending PUBCOMP (mN)',
      after,
    ]),
  ];
}
