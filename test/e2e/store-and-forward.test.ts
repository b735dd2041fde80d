// What is sent while a subscriber with a session (-c) is away waits for it, and comes once.

import { expect, test } from 'vitest';
import { asLines, numbers } from '../support/lines.ts';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { ended, listening, mosquittoPlace, outcome, publish, subscribe } from './broker.ts';

const QUEUED = 24;
const queued = asLines(numbers(1, QUEUED));

describeWithMosquitto('store and forward', () => {
  for (const version of ['mqttv311', 'mqttv5']) {
    for (const qos of ['1', '2']) {
      const name = `-V ${version} -q ${qos}`;
      const session = ['-V', version, '-q', qos, '-c', '-i', 'broker', '-t', 'test.out'];
      const message = ['-V', version, '-q', qos, '-t', 'test.out'];

      test(`${name}: tssub -c prints once what was sent while it was away`, async () => {
        const place = await mosquittoPlace();
        const first = await listening(place, session);
        expect(outcome(await first.kill('SIGTERM'))).toEqual(ended(0));

        for (const text of ['one', 'two', 'three'])
          expect(outcome(await publish(place, [...message, '-m', text]))).toEqual(ended(0));
        expect(outcome(await subscribe(place, [...session, '-C', '3']))).toEqual(ended(0, 'one\ntwo\nthree\n'));

        // Nothing came back: the next to arrive is a new one.
        const last = await listening(place, session);
        await publish(place, [...message, '-m', 'four']);
        await last.waitForStdout('four\n');
        expect(outcome(await last.kill('SIGTERM'))).toEqual(ended(0, 'four\n'));
      });

      test(`${name}: tssub -c -C 1, run again and again, takes one each time`, async () => {
        const place = await mosquittoPlace();
        expect(outcome(await subscribe(place, [...session, '-E']))).toEqual(ended(0));
        const sent = await publish(place, [...message, '-l'], { stdin: queued });
        expect(outcome(sent)).toEqual(ended(0));

        let printed = '';
        for (let i = 1; i <= QUEUED; i++) {
          const { status, stdout, stderr } = outcome(await subscribe(place, [...session, '-C', '1']));
          expect({ run: i, status, stderr }).toEqual({ run: i, status: 0, stderr: '' });
          printed += stdout;
        }
        expect(printed).toBe(queued);
      });

      test(`${name}: tssub -c -C 7 leaves the rest for the next`, async () => {
        const place = await mosquittoPlace();
        await subscribe(place, [...session, '-E']);
        await publish(place, [...message, '-l'], { stdin: queued });

        let printed = '';
        for (let taken = 0; taken < 21; taken += 7)
          printed += (await subscribe(place, [...session, '-C', '7'])).stdout.toString();
        printed += (await subscribe(place, [...session, '-C', '3'])).stdout.toString();
        expect(printed).toBe(queued);
      });
    }
  }
});
