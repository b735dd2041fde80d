/** tspub --spool on a full or broken disk: stored messages are reported, a loss is not a success, nor a bug a fault. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Packet } from '../../src/mqtt/types.ts';
import type { ProgramOptions, RunningProgram } from '../support/program.ts';
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

  it('(EIO) and does not get better: the message is refused with 1, and what waits does not read as if it were kept', async () => {
    const folder = await withOne();
    const broken = disk((call, name) => (call === 'writeSync' && isSegment(name) ? 'EIO' : undefined));
    const running = spoolRun(folder, '-t a -q 1 -m 2', { disk: broken });
    const outcome = await running.finish();
    expect([outcome.status, said(outcome, folder), payloads(running)]).toEqual([
      1,
      'Error: The spool DIR cannot store the message: Input/output error\nin DIR from earlier runs: 1 waiting, oldest N s\n',
      '',
    ]);
  });

  it('(ENOSPC) and does not get better: the message is sent behind what waits, with a warning, and 0 says that it is there', async () => {
    const folder = await withOne();
    const full = disk((call, name) => (call === 'writeSync' && isSegment(name) ? 'ENOSPC' : undefined));
    const running = spoolRun(folder, '-t a -q 1 -m 2 --repeat 2', { disk: full });
    const outcome = await running.finish();
    expect([outcome.status, said(outcome, folder), payloads(running)]).toEqual([
      0,
      'Warning: The spool DIR cannot store the message: No space left on device. The message is sent without the spool.\n',
      '1/2/2',
    ]);
  });

  it.each([
    ['that answers', {}, 0, '2', ''],
    ['that is not reached', DOWN, 1, '', 'Error: Connection failed\n'],
  ] satisfies [string, ProgramOptions, number, string, string][])(
    '(EROFS), and a broker %s: what waits stays, and the message is sent now',
    async (_, options, status, sent, says) => {
      const folder = await withOne();
      const readOnly = disk((call, name) =>
        call === 'writeSync' || (call === 'openSync' && name.endsWith('.lock')) ? 'EROFS' : undefined,
      );
      const running = spoolRun(folder, '-t a -q 1 -m 2', { ...options, disk: readOnly });
      const outcome = await running.finish();
      expect([outcome.status, said(outcome, folder).replace(/DIR\/\S+/, 'LOCK'), payloads(running)]).toEqual([
        status,
        `Warning: LOCK cannot be created: Read-only file system. The message is sent without the spool.\n${says}in DIR from earlier runs: 1 waiting, oldest N s\n`,
        sent,
      ]);
      expect(await waitingIn(folder)).toBe('1');
    },
  );

  it.each([
    ['-m 1', '1'],
    ['-l', 'a/b'],
  ])('(EROFS) without a spool: tspub %s sends without one', async (words, sent) => {
    const folder = newSpool();
    const readOnly = disk((call) => (call === 'mkdirSync' ? 'EROFS' : undefined));
    const running = spoolRun(folder, `-t a -q 1 ${words}`, { disk: readOnly, stdin: 'a\nb\n' });
    const outcome = await running.finish();
    expect([outcome.status, payloads(running)]).toEqual([0, sent]);
    expect(said(outcome, folder)).toMatch(
      /^Warning: The spool DIR cannot be opened: Read-only file system\. .* sent without/,
    );
    expect((await spoolRun(folder, '--flush', { disk: readOnly }).finish()).status).toBe(1);
  });

  it('a broker that refuses a message which went past the spool is the status', async () => {
    const full = disk((call, name) => (call === 'writeSync' && isSegment(name) ? 'ENOSPC' : undefined));
    const server: ProgramOptions['server'] = {
      intercept: (packet, connection) => {
        if (packet.type !== 'publish') return false;
        connection.write({ type: 'puback', packetId: packet.packetId, code: 0x87, properties: [] });
        return true;
      },
    };
    expect((await spoolRun(newSpool(), '-t a -q 1 -m x', { disk: full, server }).finish()).status).toBe(0x87);
  });

  it('and cannot be read either: the first is reported, and what waits is not', async () => {
    const folder = await withOne();
    let isBroken = false;
    const broken = disk((call, name) => {
      isBroken ||= call === 'writeSync' && isSegment(name);
      return isBroken && isSegment(name) ? 'EIO' : undefined;
    });
    const outcome = await spoolRun(folder, '-t a -q 1 -m 2', { disk: broken }).finish();
    expect([outcome.status, said(outcome, folder)]).toEqual([
      1,
      'Error: The spool DIR cannot store the message: Input/output error\n',
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
      'Error: The spool DIR cannot store the message: No space left on device\nWarning: Standard input was accepted up to line 2; continue at line 3.\n',
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

  it('messages that cannot be read are not sent, which is reported', async () => {
    const folder = await withOne();
    const running = flush(folder, 'connect', (_, name) => isSegment(name));
    const outcome = await running.finish();
    expect([outcome.status, payloads(running)]).toEqual([1, '']);
    expect(said(outcome, folder)).toBe('Error: The spool DIR cannot be read: Input/output error\n');
    expect(await waitingIn(folder)).toBe('1');
  });

  it('that nothing more waits cannot be seen, which is reported', async () => {
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
  ])('%s, when all is delivered: that cannot be seen, which is reported once', async (_, isLocked) => {
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
  ] as const)('a bug in a run that has sent %s, at %s, is not reported as a disk fault', async (type, call, qos) => {
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
])('a bug at %s of %j is not reported as a fault of the disk', async (call, part) => {
  const broken = disk((called, name) => (called === call && name.endsWith(part) ? bug : undefined));
  const running = spoolRun(newSpool(), '-t a -m 1', { ...DOWN, disk: broken });
  await expect(running.finish()).rejects.toBe(bug);
  expect(running.stderr).toBe('');
});
