/**
 * Words that are not UTF-8, as a shell hands them over: payloads keep every byte, and topics and names are refused, by our
 * programs as by Mosquitto's (2.0.11).
 */
import { mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { withoutHint } from '../support/hint.ts';
import { type Broker, describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { root } from '../support/root.ts';
import { type RunResult, run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';

/** Where a process can see the bytes of its command line. */
const HAS_BYTES = process.platform === 'linux';

/** Every byte that a word can have, in the notation of printf; the line end is not last, where a shell would take it off. */
const EVERY = Array.from({ length: 255 }, (_, at) => at + 1);
const octal = (bytes: readonly number[]): string =>
  bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

const PAYLOADS: Readonly<Record<string, readonly number[]>> = {
  'a byte that begins nothing': [0x61, 0xff],
  'half a letter': [0xc3],
  'a letter that is too long': [0xc0, 0xaf],
  'half a pair': [0xed, 0xa0, 0x80],
  'what takes the place of bad letters': [0xef, 0xbf, 0xbd],
  'both of them': [0xef, 0xbf, 0xbd, 0xff, 0x62],
  'UTF-8': [...Buffer.from('Grüße')],
  'every byte': EVERY,
};

describeWithMosquitto('bytes on the command line', () => {
  let broker: Broker;
  let path: string;
  let topics = 0;

  beforeAll(async () => {
    broker = await startMosquitto();
    const folder = join(tempDir(), 'bin');
    mkdirSync(folder);
    for (const name of ['tspub', 'tssub', 'tsrr']) symlinkSync(join(root, 'bin', `${name}.js`), join(folder, name));
    symlinkSync(process.execPath, join(folder, 'node'));
    path = [folder, process.env['PATH']].join(delimiter);
  });

  const shell = (script: string): Promise<RunResult> =>
    run('/bin/sh', ['-c', script], { env: { PATH: path, AT: `-h 127.0.0.1 -p ${broker.port}` } });

  const word = (bytes: readonly number[]): string => `"$(printf '${octal(bytes)}')"`;

  /** What is retained, as the original shows it. */
  async function retained(topic: string, ...words: string[]): Promise<string> {
    const { stdout } = await run('mosquitto_sub', [
      '-p',
      `${broker.port}`,
      '-t',
      topic,
      '-C',
      '1',
      '-W',
      '10',
      ...words,
    ]);
    return stdout.toString().trimEnd();
  }

  describe.runIf(HAS_BYTES)('are sent as they are', () => {
    for (const [what, bytes] of Object.entries(PAYLOADS)) {
      const hex = Buffer.from(bytes).toString('hex');

      it.each(['tspub', 'mosquitto_pub'])(`${what}: %s -m`, async (program) => {
        const topic = `bytes/${++topics}`;
        const { status, stderr } = await shell(`${program} $AT -r -t ${topic} -m ${word(bytes)}`);
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
        expect(await retained(topic, '-F', '%x')).toBe(hex);
      });

      it.each(['tspub', 'mosquitto_pub'])(`${what}: %s -D publish correlation-data`, async (program) => {
        const topic = `bytes/${++topics}`;
        const data = `-D publish correlation-data ${word(bytes)}`;
        expect((await shell(`${program} $AT -V 5 -r -t ${topic} -m x ${data}`)).status).toBe(0);
        const words = ['-p', `${broker.port}`, '-V', '5', '-t', topic, '-C', '1', '-N', '-F', '%D'];
        expect((await run('mosquitto_sub', words)).stdout.toString('hex')).toBe(hex);
      });
    }

    it.each(['ts', 'mosquitto_'])('%srr -m, and what it prints', async (prefix) => {
      const topic = `bytes/${++topics}`;
      const bytes = PAYLOADS['every byte']!;
      const { status, stdout } = await shell(`${prefix}rr $AT -W 10 -t ${topic} -e ${topic} -N -m ${word(bytes)}`);
      expect({ status, bytes: [...stdout] }).toEqual({ status: 0, bytes });
    });

    it.each(['tssub', 'mosquitto_sub'])('%s --will-payload', async (program) => {
      const topic = `bytes/${++topics}`;
      const will = `--will-topic ${topic}/will --will-retain --will-payload ${word([0x61, 0xff])}`;
      // With MQTT 5 the Will is published when the time is up; a busy machine has to connect in that time.
      expect((await shell(`${program} $AT -V 5 -t ${topic} -W 5 ${will}`)).status).toBe(27);
      expect(await retained(`${topic}/will`, '-F', '%x')).toBe('61ff');
    });
  });

  describe.runIf(HAS_BYTES)('are refused in texts', () => {
    const BAD = word([0x61, 0xff]);
    const lines: readonly (readonly [string, string])[] = [
      ['pub', `-m x -t ${BAD}`],
      ['pub', `-m x -t "$(printf 'a\\355\\240\\200')"`],
      ['pub', `-m x -t t --will-topic ${BAD}`],
      ['pub', `-m x -t t -u ${BAD}`],
      ['pub', `-m x -t t -D publish content-type ${BAD}`],
      ['pub', `-m x -t t -D publish user-property ${BAD} value`],
      ['pub', `-m x -L mqtt://127.0.0.1/${BAD}`],
      ['sub', `-E -t ${BAD}`],
      ['sub', `-E -t t -T ${BAD}`],
      ['sub', `-E -U ${BAD}`],
      ['rr', `-W 1 -m x -e e -t ${BAD}`],
      ['rr', `-W 1 -m x -t t -e ${BAD}`],
    ];
    it.each(lines)('%s %s', async (name, words) => {
      const [ours, theirs] = await Promise.all([
        shell(`ts${name} $AT ${words}`),
        shell(`mosquitto_${name} $AT ${words}`),
      ]);
      const { status, stdout, stderr } = ours;
      expect(theirs.status).toBe(1);
      expect(stderr).toMatch(/^Error.*\nHint: Byte 2 of the value is 0x(ED|FF), which is not valid UTF-8\.\n/);
      const same = withoutHint(stderr, status).replace(/'ts/, "'mosquitto_");
      expect({ status, stdout, stderr: same }).toEqual({
        status: 1,
        stdout: theirs.stdout,
        stderr: theirs.stderr,
      });
    });

    it('an identifier, with the reason, where the original says nothing', async () => {
      const [ours, theirs] = await Promise.all([
        shell(`tspub $AT -t t -m x -i ${BAD}`),
        shell(`mosquitto_pub $AT -t t -m x -i ${BAD}`),
      ]);
      expect(theirs).toMatchObject({ status: 1, stderr: '' });
      expect(ours).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('Error: Malformed UTF-8 in -i argument.'),
      });
    });
  });
});
