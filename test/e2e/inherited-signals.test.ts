// Signals that the caller has said something about: as with any other program, and not as Node would have it.
// Covers src/runtime/inherited-signals.ts.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hangupIsIgnored, type Traces } from '../../src/runtime/inherited-signals.ts';
import { describeWithMosquitto, mosquittoAvailable } from '../support/mosquitto.ts';
import { commandLine, type Running, type StartOptions, start } from '../support/run.ts';
import { describeOnTerminal, onTerminal } from '../support/terminal.ts';
import { tempDir } from '../support/tmp.ts';
import { mosquittoPlace, type Place, publish } from './broker.ts';

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

  test.each([
    ['', []],
    [' --unsent', ['--unsent', join(tempDir(), 'unsent')]],
  ])('SIGHUP leaves tspub -l%s alone in a script that ignores it', async (_, more) => {
    const place = await mosquittoPlace();
    const running = inScript('tspub', [...place.args, '-t', 'a', '-d', '-l', '-q', '1', ...more], {
      keepStdinOpen: true,
    });
    const out = await running.waitForStdout('CONNACK');
    process.kill(pidIn(out), 'SIGHUP');
    running.child.stdin!.end('a line\n');
    await running.waitForStdout('status 0\n');
    expect(running.stdout()).toContain('received PUBACK');
  });

  test.each(['SIGHUP', 'SIGUSR1'] as const)('%s ends the program by default', async (signal) => {
    const place = await mosquittoPlace();
    const running = start('tssub', [...place.args, '-t', 'a', '-d'], { env: { _: '/usr/bin/tssub' } });
    await running.waitForStdout(LISTENING);
    expect(await running.kill(signal)).toMatchObject({ signal, stderr: '' });
  });
});

describeOnTerminal('nohup in a shell that leaves no word of it in the environment, at a terminal', () => {
  // dash, and with it make and os.system(): what nohup did about the terminal is all there is to see.
  test.skipIf(!mosquittoAvailable() || !existsSync('/bin/dash')).each([
    ['output goes to nohup.out', ''],
    ['output goes elsewhere', '> log 2>&1'],
  ])('SIGHUP leaves tssub alone when %s', async (_, output) => {
    const place = await mosquittoPlace();
    const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');
    const sub = commandLine('tssub', [...place.args, '-t', 'a', '-C', '1', '--ready', 'ready']);
    const pub = commandLine('tspub', [...place.args, '-t', 'a', '-m', 'x']);
    const script = `cd '${tempDir()}'; mkfifo ready
      (read line < ready; kill -HUP "$(cat pid)"; ${quoted(pub)}) &
      dash -c 'echo $$ > pid; exec nohup "$@"' dash ${quoted(sub)} ${output}
      echo "status $?"`;
    const { shown } = await onTerminal(['dash', '-c', script], [], { _: undefined });
    expect(shown).toContain('status 0\r\n');
  });
});

describe('SIGHUP is ignored by the caller', () => {
  const status = (mask: string): string =>
    `Name:\tsh\nSigBlk:\t0000000000000001\nSigIgn:\t${mask}\nSigCgt:\t0000000000000001\n`;
  const NONE: Traces = { parent: '', input: '', inputInfo: '', output: '' };
  const device = (flags: string): Traces => ({ ...NONE, input: '/dev/null', inputInfo: `pos:\t0\nflags:\t${flags}\n` });

  test.each([
    ['nohup from the path', { _: 'nohup' }, undefined, true],
    ['nohup by its place', { _: '/usr/bin/nohup' }, undefined, true],
    ['another program', { _: '/usr/bin/nonohup' }, undefined, false],
    ['nothing known', {}, undefined, false],
    ['no /proc', {}, NONE, false],
    ['a parent that ignores it', {}, { ...NONE, parent: status('0000000000000001') }, true],
    ['a parent that ignores it and others', {}, { ...NONE, parent: status('0000000000384005') }, true],
    ['a parent that ignores others', {}, { ...NONE, parent: status('0000000000001006') }, false],
    ['standard input that nohup has taken away', {}, device('0100001'), true],
    ['no standard input, as in the background', {}, device('0100000'), false],
    ['/dev/null for everything', {}, device('0100002'), false],
    ['an output that nohup has made', {}, { ...NONE, output: '/root/nohup.out' }, true],
    ['the same, removed', {}, { ...NONE, output: '/root/nohup.out (deleted)' }, true],
    ['another output', {}, { ...NONE, output: '/root/nonohup.out' }, false],
  ])('%s', (_, env, traces, ignored) => {
    expect(hangupIsIgnored(env, () => traces)).toBe(ignored);
  });
});
