/**
 * Shell scripts as people write them for Mosquitto's clients: run with those clients, and with ours under their names. They
 * print the same and return the same.
 */
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Broker, describeWithMosquitto, findProgram, startMosquitto } from '../support/mosquitto.ts';
import { root } from '../support/root.ts';
import { run } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';

const folder = join(import.meta.dirname, 'scripts');
const scripts = readdirSync(folder).filter((name) => name.endsWith('.sh'));

/** A line that only a script can print that got to its end, and the exit status. */
const ENDS: Readonly<Record<string, { readonly line: string; readonly status: number }>> = {
  'alarm.sh': { line: '-- the board\nover: 60\n', status: 0 },
  'log-shipping.sh': { line: '-- the whole file\nsame\n', status: 0 },
  'request-response.sh': { line: '-- MQTT 3.1.1\nSHOUT THIS\n', status: 0 },
  'sensor-status.sh': { line: '-- all forgotten\nnothing: 27\n', status: 0 },
  'wait-for.sh': { line: 'machines/two/up: no answer, status 27, Timed out\n', status: 3 },
};

it('each script has an end to compare with', () => {
  expect(Object.keys(ENDS)).toEqual(scripts.sort());
});

describeWithMosquitto('a script', () => {
  let names: string;
  beforeAll(() => {
    names = join(tempDir(), 'bin');
    mkdirSync(names);
    for (const name of ['pub', 'sub', 'rr'])
      symlinkSync(join(root, `bin/ts${name}.js`), join(names, `mosquitto_${name}`));
    symlinkSync(process.execPath, join(names, 'node'));
  });

  const path = (...first: string[]): string => [...first, process.env['PATH']].join(delimiter);

  it('finds our programs under the names of the originals', async () => {
    for (const name of ['pub', 'sub', 'rr']) {
      const { stdout } = await run('/bin/sh', ['-c', `mosquitto_${name} --version`], { env: { PATH: path(names) } });
      expect(stdout.toString()).toMatch(`ts${name} `);
    }
    expect(findProgram('mosquitto_pub')).not.toContain(names);
  });

  describe.each(scripts)('%s', (script) => {
    const outcome = async (broker: Broker, ...first: string[]) => {
      const { status, stdout, stderr } = await run('/bin/sh', [join(folder, script)], {
        cwd: tempDir(),
        env: { PATH: path(...first), MQTT_HOST: broker.host, MQTT_PORT: `${broker.port}` },
      });
      return { status, stdout: stdout.toString(), stderr };
    };

    it('does the same', async () => {
      const brokers = await Promise.all([startMosquitto(), startMosquitto()]);
      const [theirs, ours] = await Promise.all([outcome(brokers[0]), outcome(brokers[1], names)]);
      expect(theirs).toMatchObject({ status: ENDS[script]?.status });
      expect(theirs.stdout.endsWith(ENDS[script]!.line), theirs.stdout + theirs.stderr).toBe(true);
      expect(ours).toEqual(theirs);
    });
  });
});
