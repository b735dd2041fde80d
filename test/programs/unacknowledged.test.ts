/**
 * A server that answers pings and acknowledges nothing: a line each half minute, and an end only with --ack-timeout.
 * Covers src/commands/pub/ack-watch.ts.
 */
import { describe, expect, it } from 'vitest';
import type { Packet } from '../../src/mqtt/types.ts';
import { type ProgramOptions, startProgram } from '../support/program.ts';
import { newSpool } from './spool-runs.ts';

const waiting = (count: number): string =>
  `Warning: Waiting for acknowledgement of ${count} ${count === 1 ? 'message' : 'messages'}.\n`;
const DEAF: ProgramOptions = { server: { intercept: ({ type }: Packet) => type === 'publish' } };

describe.each([
  ['-m x -q 1', 1, undefined],
  ['-m x -q 2', 1, undefined],
  ['-l -q 1', 3, 'a\nb\nc\n'],
  ['-l -q 1 --spool', 3, 'a\nb\nc\n'],
] as const)('tspub %s', (words, count, stdin) => {
  const start = (more = ''): ReturnType<typeof startProgram> => {
    const folder = words.endsWith('--spool') ? [newSpool()] : [];
    const argv = ['-t', 'a', ...words.split(' '), ...folder, ...more.split(' ').filter(Boolean)];
    return startProgram('tspub', argv, { ...DEAF, ...(stdin === undefined ? {} : { stdin }) });
  };

  it('says every 30 s for how many it waits, and goes on', async () => {
    const running = start();
    await running.got('publish', count);
    await running.pass(29_999);
    expect(running.stderr).toBe('');
    await running.pass(60_001);
    expect([running.status, running.stderr]).toEqual([undefined, waiting(count).repeat(3)]);
    running.signal('SIGTERM');
    await running.finish();
  });

  it('says nothing with --quiet', async () => {
    const running = start('--quiet');
    await running.got('publish', count);
    await running.pass(90_000);
    expect(running.stderr).toBe('');
    running.signal('SIGTERM');
    await running.finish();
  });

  it('ends by --ack-timeout', async () => {
    const running = start('--ack-timeout 45');
    const { status, stderr } = await running.finish();
    expect([status, running.endedAt]).toEqual([words.endsWith('--spool') ? 0 : 27, 45_000]);
    const messages = count === 1 ? '1 message' : `${count} messages`;
    expect(stderr).toContain(
      `${waiting(count)}${words.endsWith('--spool') ? 'Warning' : 'Error'}: The broker acknowledged nothing for 45 s, and ${messages}`,
    );
  });
});

describe('tspub whose messages are acknowledged by and by', () => {
  it('counts from the last acknowledgement', async () => {
    const held: Packet[] = [];
    const options: ProgramOptions = {
      stdin: 'a\nb\n',
      server: {
        properties: () => [{ name: 'receive-maximum', value: 1 }],
        intercept: (packet) => {
          if (packet.type !== 'publish') return false;
          held.push(packet);
          return held.length > 1;
        },
      },
    };
    const running = startProgram('tspub', ['-t', 'a', '-l', '-q', '1'], options);
    await running.got('publish', 2);
    await running.pass(31_000);
    expect(running.stderr).toBe(waiting(1));
    running.signal('SIGTERM');
    await running.finish();
  });

  it('says nothing when it sends at QoS 0', async () => {
    const running = startProgram('tspub', ['-t', 'a', '-l'], { stdin: 'open' });
    await running.got('connect');
    running.stdin.push('a\n');
    await running.pass(100_000);
    expect(running.stderr).toBe('');
    running.signal('SIGTERM');
    await running.finish();
  });
});

it('tsrr says it of its request, and waits on for the answer', async () => {
  const running = startProgram('tsrr', ['-t', 'a', '-e', 'b', '-m', 'x', '-q', '1'], DEAF);
  await running.got('publish');
  await running.pass(60_000);
  expect([running.status, running.stderr]).toEqual([undefined, waiting(1).repeat(2)]);
  running.send({ topic: 'b', payload: Buffer.from('answer') });
  expect((await running.finish()).status).toBe(0);
  const calm = startProgram('tsrr', ['-t', 'a', '-e', 'b', '-m', 'x', '-q', '1', '-W', '100']);
  expect((await calm.finish()).stderr).toBe('Timed out\n');
});

it.each(['0', '-1', 'x'])('--ack-timeout %s is a mistake', async (value) => {
  const running = startProgram('tspub', ['-t', 'a', '-m', 'x', '--ack-timeout', value]);
  const { status, stderr } = await running.finish();
  expect([status, stderr]).toEqual([1, expect.stringContaining('--ack-timeout')]);
});
