/** tspub --spool on a disk that is full or broken: what is kept is told, what is not is no success, and a bug is not called a fault. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Packet } from '../../src/mqtt/index.ts';
import type { RunningProgram } from '../support/program.ts';
import { DOWN, disk, keep, newSpool, payloads, said, spoolRun, waitingIn } from './spool-runs.ts';

const isSegment = (name: string): boolean => name.endsWith('.msg');
const bug = new TypeError('a bug');

/** A spool in which message 1 waits. */
async function withOne(qos = 1): Promise<string> {
  const folder = newSpool();
  await keep(folder, `-t a -q ${qos} -m 1`);
  return folder;
}

describe('a disk that takes no message', () => {
  it.each(['ENOSPC', 'EDQUOT'])(
    'because it is full (%s): what waits is sent, and then there is room',
    async (errno) => {
      const folder = await withOne();
      let left = 1;
      const full = disk((call, name) => (call === 'writeSync' && isSegment(name) && left-- > 0 ? errno : undefined));
      const running = spoolRun(folder, '-t a -q 1 -m 2', { disk: full });
      expect(await running.finish()).toEqual({ status: 0, stdout: '', stderr: '' });
      expect([payloads(running), await waitingIn(folder)]).toEqual(['1/2', '']);
    },
  );

  it.each([
    // Sending makes room, perhaps.
    ['ENOSPC', 'No space left on device', '1'],
    ['EIO', 'Input/output error', ''],
  ])('(%s) and does not get better: the message is refused with 1', async (errno, reason, sent) => {
    const folder = await withOne();
    const broken = disk((call, name) => (call === 'writeSync' && isSegment(name) ? errno : undefined));
    const running = spoolRun(folder, '-t a -q 1 -m 2', { disk: broken });
    const outcome = await running.finish();
    const kept = sent === '' ? 'kept in DIR: 1 waiting, oldest N s\n' : '';
    expect([outcome.status, said(outcome, folder), payloads(running)]).toEqual([
      1,
      `Error: The spool DIR cannot take the message: ${reason}\n${kept}`,
      sent,
    ]);
  });

  it('and cannot be read either: the first is told, and what waits is not', async () => {
    const folder = await withOne();
    let isBroken = false;
    const broken = disk((call, name) => {
      isBroken ||= call === 'writeSync' && isSegment(name);
      return isBroken && isSegment(name) ? 'EIO' : undefined;
    });
    const outcome = await spoolRun(folder, '-t a -q 1 -m 2', { disk: broken }).finish();
    expect([outcome.status, said(outcome, folder)]).toEqual([
      1,
      'Error: The spool DIR cannot take the message: Input/output error\n',
    ]);
    expect(await waitingIn(folder)).toBe('1');
  });

  it('of -l: the line is named at which to go on, and those before it are delivered', async () => {
    const folder = newSpool();
    let writes = 0;
    const full = disk((call, name) => (call === 'writeSync' && isSegment(name) && ++writes > 1 ? 'ENOSPC' : undefined));
    const running = spoolRun(folder, '-t a -q 1 -l', { disk: full, stdin: 'open' });
    running.stdin.push('1\n2\n');
    await running.got('publish', 2);
    running.stdin.push('3\n');
    const outcome = await running.finish();
    expect([outcome.status, said(outcome, folder), payloads(running)]).toEqual([
      1,
      'Error: The spool DIR cannot take the message: No space left on device\nWarning: What was read is taken up to line 2; go on with line 3.\n',
      '1/2',
    ]);
  });
});

describe('a disk that breaks while the spool is sent', () => {
  /** It breaks when the broker has got that packet. */
  function flush(
    folder: string,
    type: Packet['type'],
    isBroken: (call: string, name: string) => boolean,
    fault: string | Error = 'EIO',
  ): RunningProgram {
    const running: RunningProgram = spoolRun(folder, '--flush', {
      disk: disk((call, name) => {
        const has = running.server.packets.some((packet) => packet.type === type);
        return has && isBroken(call, name) ? fault : undefined;
      }),
    });
    return running;
  }

  it('QoS 2: what cannot be stored as on its way is not sent', async () => {
    const folder = await withOne(2);
    const running = flush(folder, 'connect', (call, name) => call === 'writeSync' && name.startsWith('journal'));
    const outcome = await running.finish();
    expect([outcome.status, payloads(running)]).toEqual([1, '']);
    expect(said(outcome, folder)).toMatch(/^Error: .*: Input\/output error\nkept in DIR: 1 waiting, oldest N s\n$/);
    expect(await waitingIn(folder)).toBe('1');
  });

  it('QoS 1: that it is delivered cannot be stored, which is 1, and it waits', async () => {
    const folder = await withOne(1);
    const running = flush(folder, 'publish', (call, name) => call === 'writeSync' && name.startsWith('journal'));
    const outcome = await running.finish();
    expect([outcome.status, payloads(running)]).toEqual([1, '1']);
    expect(said(outcome, folder)).toMatch(/^Error: .*: Input\/output error\nkept in DIR: 1 waiting, oldest N s\n$/);
    expect(await waitingIn(folder)).toBe('1');
  });

  it('messages that cannot be read are not sent, which is told', async () => {
    const folder = await withOne();
    const running = flush(folder, 'connect', (_, name) => isSegment(name));
    const outcome = await running.finish();
    expect([outcome.status, payloads(running)]).toEqual([1, '']);
    expect(said(outcome, folder)).toBe('Error: The spool DIR cannot be read: Input/output error\n');
    expect(await waitingIn(folder)).toBe('1');
  });

  it('that nothing more waits cannot be seen, which is told', async () => {
    const folder = await withOne();
    const running = flush(folder, 'publish', (call) => call === 'readdirSync');
    const outcome = await running.finish();
    expect([outcome.status, payloads(running)]).toEqual([1, '1']);
    expect(said(outcome, folder)).toBe('Error: The spool DIR cannot be read: Input/output error\n');
    expect(await waitingIn(folder)).toBe('');
  });

  it.each([
    ['at the end of the sending', true],
    ['when others may send again', false],
  ])('%s, when all is delivered: that cannot be seen, which is told once', async (_, isLocked) => {
    const folder = await withOne();
    const isBroken = (): boolean => existsSync(`${folder}/sender.lock`) === isLocked;
    const running = flush(folder, 'disconnect', (_call, name) => name === 'journal' && isBroken());
    const outcome = await running.finish();
    expect([outcome.status, payloads(running)]).toEqual([1, '1']);
    expect(said(outcome, folder)).toMatch(/^Error: .*: Input\/output error\n(kept in .*\n)?$/);
  });

  it.each([
    ['connect', 'writeSync', 2],
    ['connect', 'openSync', 1],
  ] as const)('a bug in a run that has sent %s, at %s, is not told as a fault of the disk', async (type, call, qos) => {
    const folder = await withOne(qos);
    const running = flush(folder, type, (called) => called === call, bug);
    await expect(running.finish()).rejects.toBe(bug);
    expect(running.stderr).toBe('');
  });
});

it.each([
  ['mkdirSync', ''],
  ['writeSync', ''],
  ['writeSync', '.msg'],
  ['readdirSync', ''],
])('a bug at %s of %j is not told as a fault of the disk', async (call, part) => {
  const broken = disk((called, name) => (called === call && name.endsWith(part) ? bug : undefined));
  const running = spoolRun(newSpool(), '-t a -m 1', { ...DOWN, disk: broken });
  await expect(running.finish()).rejects.toBe(bug);
  expect(running.stderr).toBe('');
});
