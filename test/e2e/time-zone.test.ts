// The local time in every form that TZ can have, beside mosquitto_sub.
import { expect, test } from 'vitest';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { run } from '../support/run.ts';
import { mosquittoPlace } from './broker.ts';

const QUARTER = 15 * 60_000;

describeWithMosquitto('TZ', () => {
  test.each([
    '',
    ':/etc/localtime',
    ':/usr/share/zoneinfo/Asia/Kolkata',
    'CET-1CEST,M3.5.0,M10.5.0/3',
    'AEST-10AEDT,M10.1.0,M4.1.0/3',
    '<+0330>-3:30',
    'Europe/Berlin',
  ])("'%s' is to tssub what it is to mosquitto_sub", async (TZ) => {
    const place = await mosquittoPlace();
    await run('tspub', [...place.args, '-t', 'a', '-m', 'x', '-r']);
    const argv = [...place.args, '-t', 'a', '-C', '1', '-F', '@Z @z @Y-@m-@d @H'];
    const begun = Date.now();
    const both = () => Promise.all(['tssub', 'mosquitto_sub'].map((one) => run(one, argv, { env: { TZ } })));
    let [ours, theirs] = await both();
    // Once more, if an hour began between the two: a zone may be half an hour or a quarter off.
    const isNew = (): boolean => Math.floor(Date.now() / QUARTER) !== Math.floor(begun / QUARTER);
    if (isNew()) [ours, theirs] = await both();
    expect([ours!.stdout.toString(), ours!.stderr]).toEqual([theirs!.stdout.toString(), '']);
  });

  test('with unknown rules is reported, and a command of --exec gets it as it is', async () => {
    const place = await mosquittoPlace();
    await run('tspub', [...place.args, '-t', 'a', '-m', 'x', '-r', '-q', '1']);
    const argv = [...place.args, '-t', 'a', '-q', '1', '-C', '1', '--exec', 'echo "$TZ"'];
    const unknown = await run('tssub', argv, { env: { TZ: 'CET-1CEST' } });
    expect([unknown.stdout.toString(), unknown.stderr]).toEqual([
      'CET-1CEST\n',
      "Warning: The time zone 'CET-1CEST' in TZ is unknown; times are in UTC.\n",
    ]);
    expect((await run('tssub', [...argv, '--quiet'], { env: { TZ: 'CET-1CEST' } })).stderr).toBe('');
    const known = await run('tssub', argv, { env: { TZ: 'JST-9' } });
    expect([known.stdout.toString(), known.stderr]).toEqual(['JST-9\n', '']);
  });
});
