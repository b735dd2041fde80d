// tssub --drain takes the queued messages and exits; --strict-count distinguishes some messages from none.

import { expect, test } from 'vitest';
import { asLines, numbers } from '../support/lines.ts';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { ended, firstDifference, mosquittoPlace, outcome, publish, subscribe } from './broker.ts';

const PATIENT = { timeout: 180_000 };
const VERSIONS = ['31', '311', '5'] as const;
const session = (version: string) => ['-V', version, '-q', '1', '-c', '-i', 'cron', '-t', 'a/#'];

async function queued(version: string, count: number) {
  const place = await mosquittoPlace({ extra: ['max_queued_messages 0'] });
  await subscribe(place, [...session(version), '-E']);
  if (count > 0) await publish(place, ['-q', '1', '-t', 'a/b', '-l'], { stdin: asLines(numbers(1, count)) });
  return place;
}

describeWithMosquitto('tssub --drain', () => {
  for (const version of VERSIONS) {
    test.each([1, 5000])(
      `-V ${version}: %i queued messages are printed once, with exit status 0`,
      PATIENT,
      async (count) => {
        const place = await queued(version, count);
        const first = await subscribe(place, [...session(version), '--drain']);
        expect({ status: first.status, stderr: first.stderr }).toEqual({ status: 0, stderr: '' });
        expect(firstDifference(first.stdout.toString(), asLines(numbers(1, count)))).toBeUndefined();
        expect(outcome(await subscribe(place, [...session(version), '--drain']))).toEqual(ended(28));
      },
    );

    test(`-V ${version}: a silence of 1 ms is enough, because the server is asked`, PATIENT, async () => {
      const place = await queued(version, 500);
      const result = await subscribe(place, [...session(version), '--drain', '--drain-quiet', '1']);
      expect(outcome(result)).toEqual(ended(0, asLines(numbers(1, 500))));
    });
  }

  test.each(['311', '5'])('-V %s: 1,000 queued messages go to four workers', { timeout: 180_000 }, async (version) => {
    const place = await queued(version, 1000);
    const command = 'cat; echo';
    // A thousand processes take their time on a busy machine.
    const args = [...session(version), '-W', '120', '--drain', '--workers', '4', '--exec', command];
    const { status, stdout } = await subscribe(place, args, { timeoutMs: 125_000 });
    const sorted = stdout
      .toString()
      .trim()
      .split('\n')
      .map(Number)
      .sort((a, b) => a - b)
      .map((n) => `${n}\n`)
      .join('');
    expect({ status, difference: firstDifference(sorted, asLines(numbers(1, 1000))) }).toEqual({
      status: 0,
      difference: undefined,
    });
    expect((await subscribe(place, [...session(version), '--drain'])).status).toBe(28);
  });

  test('a slow command is not silence', PATIENT, async () => {
    const place = await queued('5', 3);
    const args = [...session('5'), '--drain', '--drain-quiet', '1', '--exec', 'sleep 0.2; cat'];
    expect(outcome(await subscribe(place, args))).toEqual(ended(0, asLines(numbers(1, 3))));
  });

  test('-C leaves before that, and the rest stays', PATIENT, async () => {
    const place = await queued('5', 5);
    expect(outcome(await subscribe(place, [...session('5'), '--drain', '-C', '2']))).toEqual(ended(0, '1\n2\n'));
    expect(outcome(await subscribe(place, [...session('5'), '--drain']))).toEqual(ended(0, '3\n4\n5\n'));
  });

  test('retained messages are all there is without -c, and a warning says so', PATIENT, async () => {
    const place = await mosquittoPlace();
    await publish(place, ['-t', 'a/b', '-r', '-m', 'kept']);
    const { status, stdout, stderr } = outcome(await subscribe(place, ['-t', 'a/#', '--drain']));
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'kept\n' });
    expect(stderr).toContain(
      'Warning: --drain finds only retained messages without a persistent session (use -c -i ID).\n',
    );
  });

  test('of -T and -R, what is not printed is not counted', PATIENT, async () => {
    const place = await queued('5', 2);
    expect(outcome(await subscribe(place, [...session('5'), '--drain', '-T', 'a/b']))).toEqual(ended(28));
    expect(outcome(await subscribe(place, [...session('5'), '--drain']))).toEqual(ended(28));
  });
});

describeWithMosquitto('tssub -C with an end before the count', () => {
  test.each([
    ['none, by -W', 0, ['-W', '5'], 27, 27],
    ['some, by -W', 2, ['-W', '8'], 27, 29],
    ['none, by --drain', 0, ['--drain'], 28, 28],
    ['some, by --drain', 2, ['--drain'], 0, 29],
    ['all, by --drain', 4, ['--drain'], 0, 0],
  ])('%s', PATIENT, async (_, count, end, plain, strict) => {
    const statuses = [[], ['--strict-count']].map(async (args) => {
      const place = await queued('5', count);
      return (await subscribe(place, [...session('5'), '-C', '4', ...end, ...args])).status;
    });
    expect(await Promise.all(statuses)).toEqual([plain, strict]);
  });
});
