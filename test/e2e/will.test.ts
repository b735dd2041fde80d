// The last will of a client speaks for it when it vanishes, and only then.
import { describe, expect, test } from 'vitest';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { run, start } from '../support/run.ts';
import { ended, listening, mosquittoPlace, outcome, type Place, publish, subscribe, VERSIONS } from './broker.ts';

const WILL = ['--will-topic', 'will', '--will-payload', 'died'];

/** The will would have come before this, had it come. */
const mark = (place: Place) => publish(place, ['-t', 'will', '-m', 'mark']);

describeWithMosquitto('the will', () => {
  for (const version of VERSIONS) {
    describe(version, () => {
      const v = ['-V', version];

      for (const qos of ['0', '1', '2']) {
        test(`--will-qos ${qos} --will-retain of a tssub that is killed arrives so, and stays`, async () => {
          const place = await mosquittoPlace();
          const witness = await listening(place, ['-t', 'will', '-q', '2', '-C', '1', '-d', ...v]);
          const will = [...WILL, '--will-qos', qos, '--will-retain'];
          const mortal = await listening(place, ['-t', 'a', ...will, ...v]);
          await mortal.kill('SIGKILL');
          const { status, stdout } = outcome(await witness.exited);
          expect(status).toBe(0);
          expect(stdout).toMatch(
            new RegExp(`received PUBLISH \\(d0, q${qos}, r0, m\\d, 'will', ... \\(4 bytes\\)\\)\ndied\n`),
          );
          expect(outcome(await subscribe(place, ['-t', 'will', '-C', '1', ...v]))).toEqual(ended(0, 'died\n'));
        });
      }

      test('without --will-retain it does not stay, without --will-payload it is empty', async () => {
        const place = await mosquittoPlace();
        const witness = await listening(place, ['-t', 'will', '-v', '-C', '1', ...v]);
        const mortal = await listening(place, ['-t', 'a', '--will-topic', 'will', ...v]);
        await mortal.kill('SIGKILL');
        expect(outcome(await witness.exited)).toEqual(ended(0, 'will (null)\n'));
        const later = await listening(place, ['-t', 'will', '-C', '1', ...v]);
        await mark(place);
        expect(outcome(await later.exited)).toEqual(ended(0, 'mark\n'));
      });

      test('of a tspub -l that is killed it arrives', async () => {
        const place = await mosquittoPlace();
        const witness = await listening(place, ['-t', '#', '-C', '2', ...v]);
        const mortal = start('tspub', [...place.args, '-t', 'a', '-l', ...WILL, ...v], {
          stdin: 'alive\n',
          keepStdinOpen: true,
        });
        await witness.waitForStdout('alive\n');
        await mortal.kill('SIGKILL');
        expect(outcome(await witness.exited)).toEqual(ended(0, 'alive\ndied\n'));
      });

      const orderly: [string, (place: Place) => Promise<unknown>][] = [
        ['tspub is done', (place) => publish(place, ['-t', 'a', '-m', 'x', ...WILL, ...v])],
        ['tspub -l is done', (place) => publish(place, ['-t', 'a', '-l', ...WILL, ...v], { stdin: 'x\ny\n' })],
        ['tssub -E is done', (place) => subscribe(place, ['-t', 'a', '-E', ...WILL, ...v])],
        [
          'tssub -C has counted',
          async (place) => {
            const listener = await listening(place, ['-t', 'a', '-C', '1', ...WILL, ...v]);
            await publish(place, ['-t', 'a', '-m', 'x']);
            await listener.exited;
          },
        ],
      ];
      for (const [name, end] of orderly) {
        test(`it does not arrive when ${name}`, async () => {
          const place = await mosquittoPlace();
          const witness = await listening(place, ['-t', 'will', '-C', '1', ...v]);
          await end(place);
          await mark(place);
          expect(outcome(await witness.exited)).toEqual(ended(0, 'mark\n'));
        });
      }

      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        // DISCONNECT of MQTT 5 can ask for the will, and Mosquitto's client does.
        test(`it ${version === 'mqttv5' ? 'arrives' : 'does not arrive'} after ${signal}`, async () => {
          const place = await mosquittoPlace();
          const witness = await listening(place, ['-t', 'will', '-C', '1', ...v]);
          const listener = await listening(place, ['-t', 'a', ...WILL, ...v]);
          expect(outcome(await listener.kill(signal))).toEqual(ended(0));
          await mark(place);
          expect(outcome(await witness.exited)).toEqual(ended(0, version === 'mqttv5' ? 'died\n' : 'mark\n'));
        });
      }
    });
  }

  test('-D will properties arrive with it', async () => {
    const place = await mosquittoPlace();
    const properties = ['-D', 'will', 'content-type', 'text/plain', '-D', 'will', 'user-property', 'k', 'v'];
    const witness = start('mosquitto_sub', [
      ...place.args,
      ...['-V', '5', '-i', 'witness', '-t', 'will', '-C', '1', '-W', '45', '-F', '%C %P %p'],
    ]);
    await place.subscribed('witness');
    const mortal = await listening(place, ['-t', 'a', ...WILL, ...properties]);
    await mortal.kill('SIGKILL');
    expect(outcome(await witness.exited)).toEqual(ended(0, 'text/plain k:v died\n'));
  });

  test('-D will will-delay-interval holds it back, and a client that is back in time takes it back', async () => {
    const place = await mosquittoPlace();
    const delayed = (seconds: number) => ['-D', 'will', 'will-delay-interval', `${seconds}`, '-x', '7200', '-c'];
    const witness = await listening(place, ['-t', 'will', '-C', '2']);

    const slow = await listening(place, ['-t', 'a', '-i', 'slow', ...WILL, ...delayed(3600)]);
    await slow.kill('SIGKILL');
    await mark(place);
    await witness.waitForStdout('mark\n');
    expect(outcome(await run('tssub', [...place.args, '-t', 'a', '-i', 'slow', '-E', '-V', '5']))).toEqual(ended(0));

    const quick = await listening(place, ['-t', 'a', '-i', 'quick', ...WILL, ...delayed(1)]);
    await quick.kill('SIGKILL');
    expect(outcome(await witness.exited)).toEqual(ended(0, 'mark\ndied\n'));
  });
});
