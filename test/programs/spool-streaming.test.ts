/** tspub --spool while it goes on: connections that break, others that add to the spool meanwhile, and what a terminal shows. */
import { expect, it } from 'vitest';
import type { Attempt, ProgramOptions, RunningProgram } from '../support/program.ts';
import { DOWN, keep, newSpool, payloads, said, spoolRun, waitingIn } from './spool-runs.ts';

const LINES = '-t a -q 1 -l';
/** The connection breaks in place of the first PUBLISH. */
function breaksOnce(folder: string, words: string, options: ProgramOptions = {}): RunningProgram {
  const running: RunningProgram = spoolRun(folder, words, {
    ...options,
    server: {
      intercept: ({ type }) => {
        if (type !== 'publish' || running.attempts > 1) return false;
        running.link?.cut();
        return true;
      },
    },
  });
  return running;
}

it.each([
  // It is unknown which of those the broker has read: a later run sends them again.
  [0, '3', '1/2'],
  [1, '1/2/3', ''],
  [2, '1/2/3', ''],
])('QoS %i: -l connects again for as long as more can come, and loses nothing', async (qos, delivered, kept) => {
  const folder = newSpool();
  const running = breaksOnce(folder, `-t a -q ${qos} -l`, { stdin: 'open' });
  running.stdin.push('1\n2\n');
  await running.got('connect', 2);
  running.stdin.push('3\n');
  running.stdin.end();
  const outcome = await running.finish();
  expect([outcome.status, payloads(running), await waitingIn(folder)]).toEqual([0, delivered, kept]);
  const warning = 'Warning: The connection was lost; connecting again.\n';
  expect(outcome.stderr.startsWith(warning)).toBe(true);
});

it('-l whose input ends while it waits to connect again ends at once, and keeps what it has', async () => {
  const folder = newSpool();
  const running = spoolRun(folder, LINES, { ...DOWN, stdin: 'open' });
  running.stdin.push('1\n');
  await running.pass(100);
  running.stdin.end();
  const outcome = await running.finish();
  expect([outcome.status, running.endedAt, running.attempts]).toEqual([0, 100, 1]);
  expect(said(outcome, folder)).toBe(
    'Warning: Connection failed; connecting again.\nWarning: Connection failed\nkept in DIR: 1 waiting, oldest N s\n',
  );
});

it.each([
  ['', 1, 'Warning: The connection was lost\nkept in DIR: 1 waiting, oldest N s\n', ''],
  [
    ' --retry 1',
    2,
    'Warning: The connection was lost; connecting again.\nConnected again after 1 s and 1 attempt.\n',
    'x',
  ],
])('-l%s whose input has ended connects %i times', async (words, attempts, told, delivered) => {
  const folder = newSpool();
  const running: RunningProgram = spoolRun(folder, `${LINES}${words}`, {
    stdin: 'x\n',
    attempt: () => ({ latency: 10 }),
    server: { intercept: ({ type }) => type === 'publish' && running.attempts === 1 },
  });
  await running.got('publish');
  running.link?.cut();
  const outcome = await running.finish();
  expect([outcome.status, running.attempts, payloads(running)]).toEqual([0, attempts, delivered]);
  // Each connection has a session of its own here or not: what is told of that is another test's.
  expect(said(outcome, folder).replace(/^Warning: The broker lost the session.*\n/m, '')).toBe(told);
});

it('a message with --retry is sent when the broker comes back, and kept when it does not', async () => {
  for (const [comesBack, status, delivered] of [
    [true, 0, 'x'],
    [false, 75, ''],
  ] as const) {
    const running = spoolRun(newSpool(), '-t a -q 1 -m x --retry 2 --spool-status 75', {
      attempt: (number): Attempt => (comesBack && number > 2 ? {} : { fails: 'connect' }),
    });
    const outcome = await running.finish();
    expect([outcome.status, running.attempts, payloads(running)]).toEqual([status, 3, delivered]);
  }
});

it('-l goes on taking lines when the broker refuses for good', async () => {
  const folder = newSpool();
  const running = spoolRun(folder, LINES, { stdin: 'open', server: { connackCode: () => 0x87 } });
  running.stdin.push('1\n');
  await running.pass(60_000);
  running.stdin.push('2\n');
  await running.pass(60_000);
  running.stdin.end();
  const outcome = await running.finish();
  expect([outcome.status, running.attempts, await waitingIn(folder)]).toEqual([0, 1, '1/2']);
  expect(said(outcome, folder)).toBe(
    'Warning: Connection error: Not authorized\nHint: The broker requires a user name and a password. Use -u with -P or --password-file.\nkept in DIR: 2 waiting, oldest N s\n',
  );
});

it('at a signal what is on its way is waited for, and 3 s after the end nothing more happens', async () => {
  const running = spoolRun(newSpool(), '-t a -q 2 -m x', { attempt: () => ({ latency: 200 }) });
  await running.got('publish');
  running.signal('SIGTERM');
  const outcome = await running.finish();
  expect(outcome).toEqual({ status: 143, stdout: '', stderr: '' });
  await running.pass(10_000);
  expect([running.outcome, payloads(running), running.wire.split(' ').at(-1)]).toEqual([outcome, 'x', 'disconnect']);
});

it('a signal before the sending begins ends it at once, and the message is kept', async () => {
  const folder = newSpool();
  const running = spoolRun(folder, '-t a -q 1 -m x', { attempt: () => 'silent' });
  await running.pass(10);
  running.signal('SIGINT');
  const outcome = await running.finish();
  expect([outcome.status, running.endedAt]).toEqual([130, 10]);
  expect(await waitingIn(folder)).toBe('x');
});

it('what another run adds while this one takes its leave is sent by this one', async () => {
  const folder = newSpool();
  const first = spoolRun(folder, '-t a -q 1 -m 1', { attempt: () => ({ latency: 100 }) });
  await first.got('disconnect');
  const second = spoolRun(folder, '-t a -q 1 -m 2');
  expect([(await second.finish()).status, second.attempts]).toEqual([0, 0]);
  expect((await first.finish()).status).toBe(0);
  expect([payloads(first), first.attempts]).toEqual(['1/2', 2]);
});

it('what another run adds while this one looks whether more has come is sent over the same connection', async () => {
  const folder = newSpool();
  const first = spoolRun(folder, '-t a -q 1 -m 1', { attempt: () => ({ latency: 100 }) });
  await first.got('publish');
  const second = spoolRun(folder, '-t a -q 1 -m 2');
  expect([(await second.finish()).status, second.attempts]).toEqual([0, 0]);
  expect((await first.finish()).status).toBe(0);
  expect([payloads(first), first.attempts]).toEqual(['1/2', 1]);
});

it.each([
  ['-t a -q 1 -l', '2 kept, 1 acknowledged, 1/s'],
  ['-t a -q 1 -l --quiet', undefined],
  ['-t a -q 1 -l -d', undefined],
])('%s shows on a terminal how far the input is: %s', async (words, shown) => {
  const running = spoolRun(newSpool(), words, {
    stdin: 'open',
    terminals: [2],
    server: { intercept: ({ type }) => type === 'publish' && running.wire.split('publish1').length > 2 },
  });
  running.stdin.push('1\n2\n');
  await running.pass(2000);
  expect(shownIn(running).at(-1)).toBe(shown);
  running.signal('SIGTERM');
  await running.finish();
});

it('-l from a file shows how much of it is used, and how long the rest takes', async () => {
  const running = spoolRun(newSpool(), LINES, { stdin: 'open', terminals: [2] });
  Object.assign(running.stdin, { size: 10 });
  running.stdin.push('1\n2\n');
  await running.pass(1000);
  expect(shownIn(running).at(-1)).toBe('2 kept, 2 acknowledged, 2/s, 40 %, 2 s left');
  running.stdin.end();
  await running.finish();
});

it.each([
  ['--flush', '1 of 2 sent, 0 acknowledged, 1/s, 50 %, 1 s left'],
  ['-t a -q 1 -m 3', '1 of 3 sent, 0 acknowledged, 1/s, 33 %, 2 s left'],
])('%s shows on a terminal how many of those that wait are sent', async (words, shown) => {
  const folder = newSpool();
  for (const payload of ['1', '2']) await keep(folder, `-t a -q 1 -m ${payload}`);
  const running = spoolRun(folder, words, {
    terminals: [2],
    server: { properties: () => [{ name: 'receive-maximum', value: 1 }], intercept: ({ type }) => type === 'publish' },
  });
  await running.pass(1000);
  expect(shownIn(running)).toEqual([shown]);
  running.signal('SIGTERM');
  await running.finish();
});

it('a line that comes in pieces is one message, whenever they come', async () => {
  const running = spoolRun(newSpool(), LINES, { stdin: 'open' });
  for (const piece of ['1', '1', '\n2\n3', '3']) {
    running.stdin.push(piece);
    await running.pass(1000);
  }
  running.stdin.end();
  expect([await running.finish(), payloads(running)]).toEqual([{ status: 0, stdout: '', stderr: '' }, '11/2/33']);
});

it('nothing is shown of sending before something is sent', async () => {
  const folder = newSpool();
  await keep(folder, '-t a -q 1 -m 1');
  const running = spoolRun(folder, '--flush', { terminals: [2], attempt: () => 'silent' });
  await running.pass(2000);
  expect(shownIn(running)).toEqual([]);
  running.signal('SIGTERM');
  running.signal('SIGTERM');
  await running.finish();
});

/** The lines of progress. */
function shownIn({ stderr }: RunningProgram): string[] {
  return stderr
    .split('\r\x1b[K')
    .slice(1)
    .filter((line) => line !== '');
}
