// Signals that the caller has said something about: as with any other program, and not as Node would have it.
import { describe, expect, test } from 'vitest';
import { hangupIsIgnored } from '../../src/runtime/inherited-signals.ts';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { commandLine, type Running, type StartOptions, start } from '../support/run.ts';
import { mosquittoPlace, type Place, publish } from './place.ts';

describeWithMosquitto('a signal that the caller has said something about', () => {
  const LISTENING = 'Subscribed';
  // A shell gives what runs in the background no standard input, unless it is named.
  const SCRIPT = 'trap "" HUP; exec 3<&0; "$@" <&3 & echo "pid $!"; wait "$!"; echo "status $?"';
  const inScript = (program: string, args: readonly string[], options?: StartOptions): Running =>
    start('sh', ['-c', SCRIPT, 'sh', ...commandLine(program, args)], options);

  const pidIn = (text: string): number => Number(/pid (\d+)/.exec(text)![1]);

  async function goesOn(place: Place, running: Running, pid: number) {
    process.kill(pid, 'SIGHUP');
    await publish(place, ['-t', 'a', '-m', 'after it', '-q', '1']);
    await running.waitForStdout('after it\n');
    process.kill(pid, 'SIGTERM');
    return running.exited;
  }

  test('SIGHUP leaves tssub below nohup alone', async () => {
    const place = await mosquittoPlace();
    const words = commandLine('tssub', [...place.args, '-t', 'a', '-d']);
    // As bash, zsh and ksh start it.
    const running = start('nohup', words, { env: { _: '/usr/bin/nohup' } });
    await running.waitForStdout(LISTENING);
    expect(await goesOn(place, running, running.child.pid!)).toMatchObject({ status: 0, signal: null });
  });

  test('SIGHUP leaves tssub alone in a script that ignores it', async () => {
    const place = await mosquittoPlace();
    const running = inScript('tssub', [...place.args, '-t', 'a', '-d']);
    const out = await running.waitForStdout(LISTENING);
    const { stdout } = await goesOn(place, running, pidIn(out));
    expect(stdout.toString()).toMatch(/status 0\n$/);
  });

  test('SIGHUP leaves tspub -l alone in a script that ignores it', async () => {
    const place = await mosquittoPlace();
    const running = inScript('tspub', [...place.args, '-t', 'a', '-d', '-l', '-q', '1'], { keepStdinOpen: true });
    const out = await running.waitForStdout('CONNACK');
    process.kill(pidIn(out), 'SIGHUP');
    running.child.stdin!.end('a line\n');
    await running.waitForStdout('status 0\n');
    expect(running.stdout()).toContain('received PUBACK');
  });

  test.each(['SIGHUP', 'SIGUSR1'] as const)('%s ends the program where nothing was said', async (signal) => {
    const place = await mosquittoPlace();
    const running = start('tssub', [...place.args, '-t', 'a', '-d'], { env: { _: '/usr/bin/tssub' } });
    await running.waitForStdout(LISTENING);
    expect(await running.kill(signal)).toMatchObject({ signal, stderr: '' });
  });
});

describe('SIGHUP is ignored by the caller', () => {
  const status = (mask: string) => () =>
    `Name:\tsh\nSigBlk:\t0000000000000001\nSigIgn:\t${mask}\nSigCgt:\t0000000000000001\n`;

  test.each([
    ['nohup from the path', { _: 'nohup' }, undefined, true],
    ['nohup by its place', { _: '/usr/bin/nohup' }, undefined, true],
    ['another program', { _: '/usr/bin/nonohup' }, undefined, false],
    ['nothing known', {}, undefined, false],
    ['a parent that ignores it', {}, '0000000000000001', true],
    ['a parent that ignores it and others', {}, '0000000000384005', true],
    ['a parent that ignores others', {}, '0000000000001006', false],
  ])('%s', (_, env, mask, ignored) => {
    expect(hangupIsIgnored(env, mask === undefined ? () => undefined : status(mask))).toBe(ignored);
  });
});
