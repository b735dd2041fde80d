/**
 * tspub --spool and its input: what is taken of it, with which line to go on, and what a full spool, a mistake or a signal does.
 * Covers src/commands/pub-spool/intake.ts.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { ProgramOptions } from '../support/program.ts';
import { runTool } from '../support/tools.ts';
import { DOWN, keep, newSpool, payloads, said, spoolRun, waitingIn } from './spool-runs.ts';

const LINES = '-t a -q 1 -l';
const JSON_LINES = '{"topic":"a","payload":"1","qos":1}\n\n{"topic":"b","payload":"2","qos":1}\n';

it.each([
  ['-l', '1\n2\n\n3', '1/2//3'],
  ['-l', '', ''],
  ['-l -0', '1\n1\x002\0', '1\n1/2'],
  ['-l --topic-from-line', 'a\t1\nb\t2\n', '1/2'],
  ['--json-lines', JSON_LINES, '1/2'],
])('%s: all of %j is delivered', async (words, stdin, delivered) => {
  const topic = /-topic|-json/.test(words) ? '' : '-t a ';
  const running = spoolRun(newSpool(), `${topic}-q 1 ${words}`, { stdin });
  expect(await running.finish()).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(payloads(running)).toBe(delivered);
});

it.each([
  [LINES, '1\n2\n3\n', 'line 2; continue at line 3'],
  [`${LINES} -0`, '1\x002\x003\0', 'record 2; continue at record 3'],
  // What is blank is no message, and counts as a line.
  ['--json-lines', `\n${JSON_LINES}${JSON_LINES}`, 'line 4; continue at line 5'],
])('%s into a spool that is full says where to go on', async (words, stdin, where) => {
  const folder = newSpool();
  const running = spoolRun(folder, `${words} --spool-max-count 2`, { ...DOWN, stdin });
  const outcome = await running.finish();
  expect(outcome.status).toBe(1);
  expect(said(outcome, folder)).toBe(
    `Warning: Connection failed; connecting again.\nError: The spool DIR is full: 2 messages wait, the limit is 2 (--spool-max-count)\nHint: Send what is queued with --flush, or raise the limit.\nWarning: Standard input was accepted up to ${where}.\nkept in DIR: 2 waiting, oldest N s\n`,
  );
  expect(await waitingIn(folder)).toBe('1/2');
});

it('what finds no room in the first line has no line to continue at', async () => {
  const folder = newSpool();
  await keep(folder, '-t a -m 1');
  const outcome = await spoolRun(folder, `${LINES} --spool-max-count 1`, { ...DOWN, stdin: '2\n' }).finish();
  expect(outcome.status).toBe(1);
  expect(said(outcome, folder)).not.toContain('continue at');
});

it.each([
  ['-l --topic-from-line', 'a\t1\n\nb\t2\n'],
  ['--json-lines', '{"topic":"a","payload":"1"}\nx\n{"topic":"b","payload":"2"}\n'],
])('%s: a line that says no message ends with 3, and what is before it is kept', async (words, stdin) => {
  const folder = newSpool();
  const { status, stderr } = await spoolRun(folder, words, { ...DOWN, stdin }).finish();
  expect([status, stderr]).toEqual([3, expect.stringMatching(/line 2/i)]);
  expect(stderr).not.toContain('continue at');
  expect(await waitingIn(folder)).toBe('1');
});

it('standard input that cannot be read ends with 1, and says with which line to go on', async () => {
  const folder = newSpool();
  const running = spoolRun(folder, LINES, { stdin: 'open' });
  running.stdin.push('1\n2\nhal');
  await running.got('publish', 2);
  running.stdin.fail('EIO');
  expect(await running.finish()).toEqual({
    status: 1,
    stdout: '',
    stderr: `Error: Standard input cannot be read: EIO\nWarning: Standard input was accepted up to line 2; continue at line 3.\n`,
  });
  expect([payloads(running), await waitingIn(folder)]).toEqual(['1/2', '']);
});

it.each([
  ['that is reached', {}, '1/2', ''],
  ['that is not reached', DOWN, '', '1/2'],
] satisfies [string, ProgramOptions, string, string][])(
  'at a signal -l says with which line to go on, with a broker %s',
  async (_, options, delivered, kept) => {
    for (const [signal, expected, unreadable] of [
      ['SIGINT', 130, false],
      ['SIGHUP', 129, true],
    ] as const) {
      const folder = newSpool();
      const running = spoolRun(folder, LINES, { ...options, stdin: 'open' });
      running.stdin.push('1\n2\nhal');
      await running.pass(0);
      running.signal(signal);
      // A read that the signal has ended is not reported.
      if (unreadable) running.stdin.fail('EIO');
      const { status, stderr } = await running.finish();
      expect([status, payloads(running), await waitingIn(folder)]).toEqual([expected, delivered, kept]);
      expect(stderr).toContain('Warning: Standard input was accepted up to line 2; continue at line 3.\n');
      expect(stderr).not.toContain('Standard input cannot');
    }
  },
);

it('what comes on standard input in the moment of a signal is not taken', async () => {
  const folder = newSpool();
  const running = spoolRun(folder, LINES, { ...DOWN, stdin: 'open' });
  await running.pass(0);
  running.stdin.push('1\n');
  // It is read, and whoever reads does not know yet.
  await undefined;
  running.signal('SIGTERM');
  expect((await running.finish()).status).toBe(143);
  expect(await waitingIn(folder)).toBe('');
});

it('a signal while another process sends ends -l at once, and what was taken is that one to send', async () => {
  const folder = newSpool();
  const first = spoolRun(folder, LINES, { stdin: 'open' });
  await first.got('connect');
  const second = spoolRun(folder, LINES, { stdin: 'open' });
  second.stdin.push('2\n');
  await second.pass(0);
  second.signal('SIGTERM');
  const outcome = await second.finish();
  expect([outcome.status, second.endedAt, second.attempts]).toEqual([143, 0, 0]);
  expect(said(outcome, folder)).toBe(
    'Warning: Standard input was accepted up to line 1; continue at line 2.\nkept in DIR: 1 waiting, oldest N s\n',
  );
  first.stdin.end();
  expect([(await first.finish()).status, payloads(first)]).toEqual([0, '2']);
});

it('--flush says that another process sends, and is not 0 while messages wait', async () => {
  const folder = newSpool();
  const other = spoolRun(folder, '-t a -q 1 -m x', { attempt: () => 'silent' });
  await other.quiet();
  const outcome = await spoolRun(folder, '--flush').finish();
  expect([outcome.status, said(outcome, folder)]).toEqual([
    1,
    expect.stringMatching(/^Warning: Another process is sending from this spool\.\nkept in DIR: 1 waiting/),
  ]);
  const chosen = await spoolRun(folder, '--flush --spool-status 0').finish();
  expect(chosen.status).toBe(0);
  other.signal('SIGTERM');
  other.signal('SIGTERM');
  await other.finish();
});

it('a signal ends the wait for the lock under which messages are added', async () => {
  const folder = newSpool();
  const running = spoolRun(folder, LINES, { ...DOWN, stdin: 'open' });
  running.stdin.push('1\n');
  await running.pass(0);
  const lock = `${folder}/append.lock`;
  writeFileSync(lock, readFileSync(`${folder}/sender.lock`), { mode: 0o600 });
  running.stdin.push('2\n');
  await running.pass(1000);
  running.signal('SIGTERM');
  await running.pass(1000);
  rmSync(lock);
  const outcome = await running.finish();
  expect(outcome.status).toBe(143);
  expect(said(outcome, folder)).toContain(
    'is locked by another program: DIR/append.lock\nWarning: Standard input was accepted up to line 1; continue at line 2.\n',
  );
  expect(await waitingIn(folder)).toBe('1');
});

it('a message that finds no room is taken when what waits has been sent', async () => {
  const folder = newSpool();
  await keep(folder, '-t a -m 1');
  const full = await spoolRun(folder, '-t a -m 2 --spool-max-count 1', DOWN).finish();
  expect([full.status, said(full, folder)]).toEqual([
    1,
    'Warning: Connection failed\nError: The spool DIR is full: 1 message waits, the limit is 1 (--spool-max-count)\nHint: Send what is queued with --flush, or raise the limit.\nin DIR from earlier runs: 1 waiting, oldest N s\n',
  ]);
  const running = spoolRun(folder, '-t a -m 2 --spool-max-count 1');
  expect(await running.finish()).toEqual({ status: 0, stdout: '', stderr: '' });
  expect([payloads(running), await waitingIn(folder)]).toEqual(['1/2', '']);
});

it('of --repeat what found no room at first is taken later, and nothing twice', async () => {
  const folder = newSpool();
  const running = spoolRun(folder, '-t a -m x --repeat 4 --spool-max-count 2');
  expect(await running.finish()).toEqual({ status: 0, stdout: '', stderr: '' });
  expect([payloads(running), await waitingIn(folder)]).toEqual(['x/x/x/x', '']);
});

it('a folder that cannot be used ends with 1, with what to do about it', async () => {
  const folder = newSpool();
  await keep(folder, '-t a -m 1');
  writeFileSync(`${folder}/spool`, 'x\n');
  for (const [words, told] of [
    ['', /^Error: The file .* is damaged: .*\nHint: Remove that file .*\n$/],
    [' --quiet', /^$/],
  ] as const) {
    const { status, stderr } = await spoolRun(folder, `-t a -m 2${words}`).finish();
    expect([status, stderr]).toEqual([1, expect.stringMatching(told)]);
  }
});

it('a file that is not a spool is refused without a hint', async () => {
  const folder = newSpool();
  writeFileSync(folder, '');
  const outcome = await spoolRun(folder, '-t a -m 2').finish();
  expect([outcome.status, said(outcome, folder)]).toEqual([1, 'Error: The spool DIR is not a directory\n']);
});

it.each([
  ['-l', LINES],
  ['-m', '-t a -q 1 -m x'],
])('%s with --debug shows what is sent, on standard output', async (_, words) => {
  const { status, stdout } = await spoolRun(newSpool(), `${words} -d`, { stdin: 'x\n' }).finish();
  expect([status, stdout]).toEqual([0, expect.stringContaining('sending PUBLISH')]);
});

it('tsspool shows what a run has kept', async () => {
  const folder = newSpool();
  await keep(folder, '-t a -m 1 -q 2 -r');
  const { stdout } = await runTool('tsspool', [folder, 'list', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ id: 1, topic: 'a', qos: 2, retain: true, payloadlen: 1, inflight: false });
});
