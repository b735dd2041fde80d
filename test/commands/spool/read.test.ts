/**
 * What tsspool shows of messages: properties, payloads, what is on its way, a selection of them, and where nothing can be printed.
 * Covers src/commands/spool/shape.ts.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { disk, keep, newSpool, spoolRun } from '../../programs/spool-runs.ts';
import { runTool } from '../../support/tools.ts';
import { filled, imported, line, tsspool } from './rig.ts';

/** A spool with a message at QoS 2 that is on its way: the broker does not go beyond PUBLISH or PUBREL. */
async function inFlight(silentAt: 'publish' | 'pubrel', more = ''): Promise<string> {
  const folder = newSpool();
  const running = spoolRun(folder, `-t a -q 2 -k 5 -m x${more}`, {
    server: { intercept: ({ type }) => type === silentAt || type === 'pingreq' },
  });
  expect((await running.finish()).status).toBe(0);
  return folder;
}
const parsed = async (...args: string[]): Promise<unknown> => JSON.parse((await tsspool([...args, '--json'])).stdout);

describe.each([
  ['publish', 'sent'],
  ['pubrel', 'received by the broker'],
] as const)('a message of which the server has not answered %s', (silentAt, state) => {
  it('is marked in the list, and show prints its packet identifier and its state', async () => {
    const folder = await inFlight(silentAt);
    await keep(folder, '-t b -q 1 -m y -r');
    const rows = (await tsspool([folder, 'list'])).stdout.trimEnd().split('\n').slice(1);
    expect(rows.map((row) => row.trim().split(/ {2,}/).slice(-2))).toEqual([
      ['2*', 'a'],
      ['1r', 'b'],
    ]);
    const { stdout } = await tsspool([folder, 'show', '1']);
    expect(stdout).toContain(`\nQoS: 2, in flight: packet identifier 1, ${state}\nRetain: no\n`);
    expect((await tsspool([folder, 'show', '2'])).stdout).toContain('\nQoS: 1\nRetain: yes\n');
    expect(await parsed(folder, 'show', '1')).toMatchObject({ id: 1, inflight: true });
    expect(await parsed(folder, 'verify')).toMatchObject({ messages: 2, inflight: 1, problems: [] });
    const exported = (await tsspool([folder, 'export', '--topic', 'a'])).stdout;
    expect(JSON.parse(exported)).toMatchObject({ topic: 'a', mid: 1 });
  });

  it('is not dropped at QoS 2, which is 1, and the others are', async () => {
    const folder = await inFlight(silentAt);
    await keep(folder, '-t b -q 1 -m y');
    const { status, stdout, stderr } = await tsspool([folder, 'drop', '--topic', '#']);
    expect([status, stdout, stderr]).toEqual([
      1,
      `${folder}: 1 message dropped\n`,
      `Error: Message 1 cannot be dropped: its delivery at QoS 2 has begun\nHint: Send it first: tspub --spool ${folder} --flush.\n`,
    ]);
    expect(JSON.parse((await tsspool([folder, 'drop', '1', '2', '--json'])).stdout)).toEqual({
      folder,
      dropped: [],
      inflight: [1],
      missing: [2],
    });
    expect((await tsspool([folder, 'export'])).stdout).toContain('"x"');
  });
});

const PROPERTIES = line('a', 1, {
  properties: {
    'payload-format-indicator': 1,
    'content-type': 'text/\u202e',
    'correlation-data': null,
    'correlation-data_base64': Buffer.from([0, 255]).toString('base64'),
    'user-properties': [{ '\u202ek': 'v w' }],
  },
});

it('show prints properties of each kind in one line, and escapes bytes that are not text for a terminal', async () => {
  const folder = await imported(PROPERTIES);
  const { stdout } = await tsspool([folder, 'show', '1']);
  expect(stdout.match(/^Property: .*$/gm)).toEqual([
    'Property: payload-format-indicator 1',
    'Property: content-type text/\\u202e',
    'Property: correlation-data 00ff',
    'Property: user-property \\u202ek v w',
  ]);
  expect(await parsed(folder, 'show', '1')).toMatchObject({
    properties: [
      { name: 'payload-format-indicator', value: 1 },
      { name: 'content-type', value: 'text/\u202e' },
      { name: 'correlation-data', value: { base64: 'AP8=' } },
      { name: 'user-property', value: ['\u202ek', 'v w'] },
    ],
  });
});

it('show --json prints a payload that is not text in Base64, and show prints its bytes as they are', async () => {
  const bytes = Buffer.from([0, 255, 10]);
  const folder = await imported(line('a', 1, { payload: null, payload_base64: bytes.toString('base64') }));
  const shown = await parsed(folder, 'show', '1');
  expect(shown).toMatchObject({ payload_base64: 'AP8K', payloadlen: 3 });
  expect(shown).not.toHaveProperty('payload');
  const { stdout } = await tsspool([folder, 'show', '1']);
  expect(stdout.endsWith(`Payload: 3 bytes\n\n${bytes}`)).toBe(true);
});

it.each([
  [['list', '--topic', 'plant/+/temperature'], 2],
  [['list', '--older-than', '1h'], 2],
  [['list', '--topic', 'plant/#', '--older-than', '1d'], 1],
  [['list', '--topic', 'none'], 0],
  [['export', '--topic', 'plant/+/temperature'], 2],
  [['export', '--older-than', '1h'], 2],
])('%j is about those that are selected: %i', async (args, count) => {
  const { status, stdout } = await tsspool([await filled(), ...args, ...(args[0] === 'list' ? ['--json'] : [])]);
  expect([status, stdout.split('\n').length - 1]).toEqual([0, count]);
});

it.each(['list', 'shape'])('%s --color always has a heading that stands out', async (form) => {
  const folder = await filled();
  const { stdout } = await tsspool([folder, form, '--color', 'always']);
  expect(stdout.startsWith('\x1b[')).toBe(true);
  expect((await tsspool([folder, form, '--color', 'never'])).stdout).not.toContain('\x1b');
});

it('--completion prints a script for the shell', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { status, stdout, stderr } = await tsspool(['--completion', shell]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('tsspool');
  }
  expect(await tsspool(['--completion', 'cmd'])).toMatchObject({ status: 1, stdout: '' });
});

const FORMS = [
  'list',
  'list --json',
  'shape',
  'shape --json',
  'show 2',
  'show 2 --json',
  'export',
  'verify',
  'verify --json',
];
describe('standard output that takes no more', () => {
  it.each(FORMS)('%s: a disk that is full is an error', async (form) => {
    const argv = [await filled(), ...form.split(' ')];
    const { status, stdout, stderr } = await runTool('tsspool', argv, { full: { room: 10, errno: 'ENOSPC' } });
    expect([status, stdout.length, stderr]).toEqual([
      1,
      10,
      'Error: Standard output cannot be written: No space left on device\n',
    ]);
  });

  it.each(FORMS)('%s: a reader that has gone is 141, without words', async (form) => {
    const argv = [await filled(), ...form.split(' ')];
    const { status, stderr } = await runTool('tsspool', argv, { full: { room: 10, errno: 'EPIPE' } });
    expect([status, stderr]).toEqual([141, '']);
  });

  it.each(['list', 'export'])('%s of more than is printed at once ends there', async (form) => {
    const payload = form === 'export' ? 'x'.repeat(500) : '';
    const folder = await imported(
      Array.from({ length: 3000 }, (_, i) => line(`topic/${i}`, 1, { payload })).join('\n'),
    );
    const whole = await tsspool([folder, form]);
    expect(whole.stdout.length).toBeGreaterThan(100_000);
    const part = await runTool('tsspool', [folder, form], { full: { room: 10_000, errno: 'EPIPE' } });
    expect([part.status, part.stderr, part.stdout.length]).toEqual([141, '', 10_000]);
  });
});

describe('drop while another process sends', () => {
  const CLOCK = () => {
    let now = 0;
    return {
      now: () => now,
      callAt: (at: number, callback: () => void) => {
        now = Math.max(now, at);
        setImmediate(callback);
        return () => {};
      },
    };
  };

  it.each([
    ['that says who it is', undefined, `process ${process.pid}`],
    ['that has not said who it is yet', '', 'another process'],
  ])('%s gives up after 5 s, and drops nothing', async (_, lock, who) => {
    const folder = await filled();
    const running = spoolRun(folder, '--flush', { attempt: () => 'silent' });
    await running.pass(0);
    if (lock !== undefined) {
      rmSync(`${folder}/sender.lock`);
      writeFileSync(`${folder}/sender.lock`, lock, { mode: 0o600 });
    }
    const clock = CLOCK();
    const { status, stdout, stderr } = await runTool('tsspool', [folder, 'drop', '1'], { clock });
    const text = `Error: The spool ${folder} is in use: ${who} is sending from it\nHint: Try again when that process has finished.\n`;
    expect([status, stdout, stderr]).toEqual([1, '', text]);
    expect(Math.floor(clock.now() / 100)).toBe(50);
    expect((await tsspool([folder, 'export'])).stdout.split('\n')).toHaveLength(6);
  });

  it('goes on when that is done', async () => {
    const folder = await filled();
    const running = spoolRun(folder, '--flush', { attempt: () => 'silent' });
    await running.pass(0);
    const { now, callAt } = CLOCK();
    const clock = {
      now,
      callAt: (at: number, callback: () => void) => {
        running.signal('SIGTERM');
        running.signal('SIGTERM');
        return callAt(at, () => void running.finish().then(callback));
      },
    };
    const dropped = await runTool('tsspool', [folder, 'drop', '1'], { clock });
    expect(dropped).toMatchObject({ status: 0, stdout: `${folder}: 1 message dropped\n`, stderr: '' });
  });
});

describe('import', () => {
  it('--json prints the number', async () => {
    const folder = newSpool();
    const { status, stdout, stderr } = await tsspool(
      [folder, 'import', '--json'],
      `${line('a', 1)}\n${line('b', 1)}\n`,
    );
    expect([status, JSON.parse(stdout), stderr]).toEqual([0, { folder, imported: 2 }, '']);
  });

  it('onto a disk that is full imports nothing, and prints the reason', async () => {
    const folder = await filled();
    const full = disk((call, name) => (call === 'writeSync' && name === 'incoming' ? 'ENOSPC' : undefined));
    expect(await runTool('tsspool', [folder, 'import'], { stdin: line('z', 1), disk: full })).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `Error: The spool ${folder} cannot store the message: No space left on device\n`,
    });
    expect((await tsspool([folder, 'list', '--topic', 'z'])).stdout).toBe('');
  });

  it.each([
    [6, 'The import is incomplete: 2 of 3 messages\nHint: Import the rest, from line 3 on.'],
    [12, 'The import is incomplete: 1 of 3 messages\nHint: Import the rest, from line 2 on.'],
  ])('onto a disk that is full after the first part tells where to go on (%i MiB each)', async (size, told) => {
    const folder = newSpool();
    let files = 0;
    const full = disk((call, name) => {
      if (call === 'openSync' && name === 'incoming') files++;
      return files > 1 && name === 'incoming' ? 'ENOSPC' : undefined;
    });
    const payload = 'x'.repeat(size * 1024 * 1024);
    const stdin = ['a', 'b', 'c'].map((topic) => `${line(topic, 1, { payload })}\n`).join('');
    expect(await runTool('tsspool', [folder, 'import'], { stdin, disk: full })).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `Warning: ${told}\nError: The spool ${folder} cannot store the message: No space left on device\n`,
    });
  });
});

it.each([
  ['list', 'readdirSync'],
  ['import', 'writeSync'],
])('a bug in %s, at %s, is not reported as a fault of the disk', async (form, call) => {
  const bug = new TypeError('a bug');
  const broken = disk((called) => (called === call ? bug : undefined));
  const argv = [await filled(), form];
  await expect(runTool('tsspool', argv, { stdin: line('z', 1), disk: broken })).rejects.toBe(bug);
});
