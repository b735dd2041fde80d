/**
 * What a spool does with its messages, its limits and its damages.
 * Covers src/spool/append.ts, src/spool/folder.ts, src/spool/limits.ts.
 */
import { describe, expect, it } from 'vitest';
import { worded } from '../../src/cli/advice.ts';
import { Failure } from '../../src/errors.ts';
import { secondsLeft, withSecondsLeft } from '../../src/spool/age.ts';
import { encodeFrame, HEADER, pieces } from '../../src/spool/frame.ts';
import { draft, rig, waiting } from './rig.ts';

const SMALL = { segmentBytes: 1024 };
const segmentsOf = (names: string[]): string[] => names.filter((name) => name.endsWith('.msg')).sort();

describe('messages', () => {
  it('are numbered from 1 on, and come in the order of acceptance', async () => {
    const { open, files } = rig(SMALL);
    const spool = open();
    expect((await spool.accept([draft('a'), draft('b')])).ids).toEqual([1, 2]);
    expect((await open().accept([draft('x'.repeat(2000))])).ids).toEqual([3]);
    expect((await spool.accept([draft('d')])).ids).toEqual([4]);
    expect(segmentsOf(files.names())).toHaveLength(3);
    expect(await waiting(open())).toEqual(['a', 'b', 'x'.repeat(2000), 'd']);
  });

  it('added while a sender is at work are seen after its next refresh', async () => {
    const { open } = rig(SMALL);
    const spool = open();
    await spool.accept([draft('a')]);
    const sender = (await spool.sender())!;
    expect(sender.next()?.id).toBe(1);
    await open().accept([draft('b'), draft('x'.repeat(2000))]);
    expect(sender.next()).toBeUndefined();
    await sender.refresh();
    expect([sender.next()?.id, sender.next()?.id, sender.next()]).toEqual([2, 3, undefined]);
    expect(open().status().waiting).toBe(3);
    await sender.close();
  });

  it('that are settled leave the disk, a segment at a time, and numbers go on', async () => {
    const { open, files } = rig(SMALL);
    const spool = open();
    for (let i = 0; i < 9; i++) await spool.accept([draft('x'.repeat(400))]);
    const before = segmentsOf(files.names());
    const sender = (await spool.sender())!;
    for (let message = sender.next(); message && message.id <= 6; message = sender.next())
      sender.settled(message.id, 'delivered');
    sender.commit();
    expect(segmentsOf(files.names()).length).toBeLessThan(before.length);
    for (const id of [7, 8, 9]) sender.settled(id, 'delivered');
    await sender.close();
    expect(segmentsOf(files.names())).toEqual(['0000000000000010.msg']);
    expect(spool.status()).toEqual({ waiting: 0, oldest: undefined });
    expect((await spool.accept([draft('next')])).ids).toEqual([10]);
  });

  it('dropped out of the middle give their space back', async () => {
    const { open, files } = rig(SMALL);
    const spool = open();
    for (let i = 0; i < 40; i++) await spool.accept([draft('x'.repeat(100))]);
    const sizes = (): number => segmentsOf(files.names()).reduce((sum, name) => sum + files.file(name)!.length, 0);
    const before = sizes();
    const sender = (await spool.sender())!;
    for (let id = 2; id <= 40; id++) if (id % 5 !== 0) sender.settled(id, 'dropped');
    await sender.close();
    expect(sizes()).toBeLessThan(before / 2);
    const ids = [...spool.look().messages()].map(({ id }) => id);
    expect(ids).toEqual([1, 5, 10, 15, 20, 25, 30, 35, 40]);
    expect(spool.look().problems).toEqual([]);
    expect(spool.status().waiting).toBe(9);
    expect((await spool.accept([draft('next')])).ids).toEqual([41]);
  });

  it('cost the same to accept however many wait: as many calls, and as many bytes read', async () => {
    const { open, files } = rig();
    const cost = async (): Promise<{ calls: number; bytes: number }> => {
      const [calls, bytes] = [files.calls.length, files.bytesRead];
      // A new object each time, as a new process would have it.
      await open({ limits: { maxCount: 1e9, maxBytes: 1e12 } }).accept([draft('x')]);
      return { calls: files.calls.length - calls!, bytes: files.bytesRead - bytes! };
    };
    await open().accept([draft('x')]);
    const first = await cost();
    for (let i = 0; i < 10; i++) await open().accept(Array.from({ length: 2_000 }, () => draft('x'.repeat(80))));
    await open().accept([draft('x')]);
    expect(segmentsOf(files.names()).length).toBeGreaterThan(2);
    const last = await cost();
    expect(last.calls).toBe(first.calls);
    // Lock files have numbers of processes in them, some longer than others.
    expect(Math.abs(last.bytes - first.bytes)).toBeLessThan(20);
  });

  it('keep their journal when another process has found no spool a moment before it was made', () => {
    let racing = false;
    const one = rig({
      get fs() {
        const { fs } = one.files;
        if (!racing) return fs;
        racing = false;
        const readFileSync = (path: string, encoding?: BufferEncoding): unknown => {
          try {
            return fs.readFileSync(path, encoding);
          } catch (error) {
            if (path === '/spool/spool' && one.files.file('spool') === undefined) one.open();
            throw error;
          }
        };
        return { ...fs, readFileSync } as typeof fs;
      },
    });
    racing = true;
    one.open();
    expect(one.files.names().sort()).toEqual(['journal', 'reserve', 'spool']);
    expect(one.reports).toEqual([]);
  });

  it.each([
    ['written', 'write', ['b']],
    ['synced', 'fsync', ['b', 'c']],
  ] as const)(
    'that are refused leave no gap when a new segment is not %s, and not removed',
    async (_, refused, stay) => {
      const { open, files, reports } = rig(SMALL);
      await open().accept([draft('a')]);
      const begun = (): boolean => files.file('0000000000000003.msg') !== undefined;
      files.fate = (call) => (begun() && [refused, 'unlink'].includes(call) ? { errno: 'EIO', half: false } : 'go');
      const refusal = open().accept(['b', 'c', 'd'].map((text) => draft(text.repeat(600))));
      await expect(refusal).rejects.toMatchObject({ code: 'EIO' });
      files.fate = () => 'go';
      files.fs.unlinkSync('/spool/append.lock');
      await open().accept([draft('z')]);
      expect((await waiting(open())).map((text) => text[0])).toEqual(['a', ...stay, 'z']);
      expect(reports).toEqual([]);
    },
  );

  it('wait for one sender at a time', async () => {
    const { open } = rig();
    const sender = (await open().sender())!;
    expect(await open().sender()).toBeUndefined();
    await sender.close();
    expect(await open().sender()).toBeDefined();
  });

  it('are not waited with for a lock when a signal has come, and are none then', async () => {
    let tries = 0;
    const { open, files } = rig({ interrupted: () => ++tries > 3 });
    const spool = open();
    files.fs.closeSync(files.fs.openSync('/spool/append.lock', 'wx'));
    const message = 'The spool /spool is locked by another program: /spool/append.lock';
    await expect(spool.accept([draft('a')])).rejects.toMatchObject({ code: 'EINTR', message });
    expect(tries).toBe(4);
    files.fs.unlinkSync('/spool/append.lock');
    expect((await spool.accept([draft('b')])).ids).toEqual([1]);
  });

  it.each([
    ['an hour ago', 3_600_000],
    ['in an hour, by a clock that was right before the power was cut', -3_600_000],
  ])('do not wait for a lock of a machine that is not known here, touched %s', async (_when, age) => {
    const self = { pid: 7, start: '', place: 'here' };
    const { open, files } = rig({ processes: { self: () => self, alive: () => undefined } });
    const spool = open();
    for (const name of ['sender.lock', 'append.lock']) {
      const fd = files.fs.openSync(`/spool/${name}`, 'wx');
      files.fs.writeSync(fd, ['1', '-', 'elsewhere', '', 'token', ''].join('\n'));
      files.fs.closeSync(fd);
    }
    expect(await spool.sender()).toBeUndefined();
    files.now += age;
    expect((await spool.accept([draft('a')])).ids).toEqual([1]);
    expect(await waiting(open())).toEqual(['a']);
  });

  it('wait no longer for a lock that was never finished, also when the clock was set back since', async () => {
    for (const change of [6_000, -3_600_000]) {
      const { open, files } = rig();
      await open().accept([draft('a')]);
      for (const name of ['sender.lock', 'append.lock']) files.fs.closeSync(files.fs.openSync(`/spool/${name}`, 'wx'));
      expect(await open().sender()).toBeUndefined();
      files.now += change;
      expect(await waiting(open())).toEqual(['a']);
    }
  });

  it('that expire while they wait are dropped and counted, and others are given the rest of their time', async () => {
    const { open, files } = rig();
    const spool = open();
    const expiring = (value: number): ReturnType<typeof draft> =>
      draft(String(value), { properties: [{ name: 'message-expiry-interval', value }] });
    await spool.accept([expiring(60), expiring(10), draft('for ever')]);
    files.now += 15_500;
    const sender = (await spool.sender())!;
    const first = sender.next()!;
    expect(secondsLeft(first, files.now)).toBe(45);
    expect(withSecondsLeft(first, files.now)).toEqual([{ name: 'message-expiry-interval', value: 45 }]);
    // What is in flight is brought to its end, so it never gets 0.
    expect(withSecondsLeft(first, files.now + 90_000)).toEqual([{ name: 'message-expiry-interval', value: 1 }]);
    expect(secondsLeft(first, files.now - 90_000)).toBe(60);
    expect(String(sender.next()?.payload)).toBe('for ever');
    expect(sender.expired).toBe(1);
    await sender.close();
    expect(spool.status().waiting).toBe(2);
  });
});

describe('in flight at QoS 2', () => {
  it('the next run has the packet identifiers, those released first, and the counter', async () => {
    const { open } = rig();
    const spool = open();
    await spool.accept(['a', 'b', 'c', 'd'].map((text) => draft(text)));
    const sender = (await spool.sender())!;
    expect(sender.recovery).toEqual({ flights: [], lastPacketId: 0, cleanStart: false, mayDuplicate: false });
    for (const packetId of [11, 12, 13]) sender.sending(sender.next()!.id, packetId);
    sender.released(13);
    sender.released(12);
    await sender.close();
    const { recovery } = (await spool.sender())!;
    expect(recovery.flights.map(({ id, packetId, released }) => [id, packetId, released])).toEqual([
      [3, 13, true],
      [2, 12, true],
      [1, 11, false],
    ]);
    expect(recovery).toMatchObject({ lastPacketId: 13, cleanStart: false, mayDuplicate: false });
  });

  it('after the server has lost the session those released start over, before the others', async () => {
    const { open } = rig();
    const spool = open();
    await spool.accept(['a', 'b'].map((text) => draft(text)));
    const sender = (await spool.sender())!;
    sender.sending(1, 1);
    sender.sending(2, 2);
    sender.released(2);
    sender.restarted();
    await sender.close();
    const { recovery } = (await spool.sender())!;
    expect(recovery.flights.map(({ id, released }) => [id, released])).toEqual([
      [2, false],
      [1, false],
    ]);
  });

  it('a damaged journal loses nothing: all is sent, after a clean start, and said', async () => {
    const { open, files, reports } = rig();
    const spool = open();
    await spool.accept(['a', 'b'].map((text) => draft(text)));
    const sender = (await spool.sender())!;
    sender.restarted();
    sender.sending(1, 1);
    sender.commit();
    sender.sending(2, 2);
    await sender.close();
    const journal = Buffer.from(files.file('journal')!);
    journal[journal.length - 60]! ^= 1;
    files.put('journal', journal);
    const next = (await spool.sender())!;
    expect(next.recovery).toMatchObject({ flights: [], cleanStart: true, mayDuplicate: true });
    expect([next.next()?.id, next.next()?.id]).toEqual([1, 2]);
    expect(reports).toEqual([
      expect.stringMatching(/^\/spool\/journal is damaged: \d+ bytes from \d+ on .* set aside in/),
    ]);
    // Until that clean start has been made, no later run may forget it.
    await next.close();
    expect((await spool.sender())!.recovery).toMatchObject({ cleanStart: true, mayDuplicate: false });
  });

  it('the journal stays short however much goes through', async () => {
    const { open, files } = rig(SMALL);
    const spool = open();
    const sender = (await spool.sender())!;
    for (let i = 1; i <= 300; i++) {
      await spool.accept([draft('x')]);
      await sender.refresh();
      sender.sending(sender.next()!.id, i);
      sender.commit();
      sender.settled(i, 'delivered');
    }
    expect(files.file('journal')!.length).toBeLessThan(1024);
    await sender.close();
    expect((await spool.sender())!.recovery).toMatchObject({ flights: [], lastPacketId: 300 });
  });
});

describe('messages that come all or not at all', () => {
  it.each(['kill before', 'kill half way', 'kill after'] as const)('%s any call', async (ending) => {
    for (let nth = 0, over = false; !over; nth++) {
      const { open, files } = rig(SMALL);
      await open().accept([draft('a')]);
      let count = 0;
      over = true;
      files.fate = () => {
        if (count++ !== nth) return 'go';
        over = false;
        return ending;
      };
      const many = Array.from({ length: 5 }, (_, i) => draft(`${i} ${'x'.repeat(600)}`));
      const whole = ['0', '1', '2', '3', '4'];
      const taken = await open()
        .acceptWhole(many)
        .catch(() => undefined);
      files.restart();
      files.fate = () => 'go';
      for (const name of ['append.lock', 'append.lock.break'])
        if (files.file(name)) files.fs.unlinkSync(`/spool/${name}`);
      const found = (await waiting(open())).map((payload) => payload.slice(0, 1));
      if (taken !== undefined) expect(found).toEqual(['a', ...whole]);
      else expect([['a'], ['a', ...whole]]).toContainEqual(found);
      // A second try, and one more behind it.
      await open().acceptWhole(many);
      await open().accept([draft('z')]);
      expect((await waiting(open())).map((payload) => payload.slice(0, 1))).toEqual([...found, ...whole, 'z']);
      expect(files.file('incoming')).toBeUndefined();
      const look = open().look();
      expect([[...look.messages()].length, look.problems]).toEqual([found.length + 6, []]);
    }
  });

  it.each(['ENOSPC', 'EIO'] as const)('%s at any call: none is there after a reported failure', async (ending) => {
    for (let nth = 0, over = false; !over; nth++) {
      const { open, files } = rig(SMALL);
      await open().accept([draft('a')]);
      const spool = open();
      let count = 0;
      over = true;
      files.fate = () => {
        if (count++ !== nth) return 'go';
        over = false;
        return { errno: ending, half: ending === 'ENOSPC' };
      };
      const taken = await spool.acceptWhole([draft('b'), draft('c')]).then(
        () => true,
        () => false,
      );
      files.fate = () => 'go';
      // Where the call was the one that removes the lock.
      for (const name of ['append.lock', 'append.lock.break'])
        if (files.file(name)) files.fs.unlinkSync(`/spool/${name}`);
      expect(await waiting(open()), `call ${nth}`).toEqual(taken ? ['a', 'b', 'c'] : ['a']);
    }
  });

  it('whose import was killed leave their file until the next run that sends', async () => {
    const { open, files } = rig();
    await open().accept([draft('a')]);
    files.put('incoming', Buffer.alloc(1000));
    expect(await waiting(open())).toEqual(['a']);
    expect(files.file('incoming')).toBeUndefined();
  });

  it('take the place of an empty segment, which a sender may have begun', async () => {
    const { open, files } = rig(SMALL);
    const spool = open();
    await spool.accept([draft('a')]);
    const sender = (await spool.sender())!;
    sender.settled(sender.next()!.id, 'delivered');
    sender.commit();
    await sender.close();
    expect(files.file('0000000000000002.msg')).toHaveLength(HEADER.length);
    const other = (await spool.sender())!;
    expect((await open().acceptWhole([draft('b'), draft('c')])).ids).toEqual([2, 3]);
    await other.refresh();
    expect([other.next()?.id, other.next()?.id, other.next()]).toEqual([2, 3, undefined]);
    await other.close();
    expect(await waiting(open())).toEqual(['b', 'c']);
  });
});

describe('damage', () => {
  async function damaged(change: (data: Buffer, ends: number[]) => Buffer): Promise<ReturnType<typeof rig>> {
    const one = rig();
    await one.open().accept(['a', 'b', 'c', 'd'].map((text) => draft(text)));
    const name = segmentsOf(one.files.names())[0]!;
    const data = Buffer.from(one.files.file(name)!);
    const ends = [...pieces(data.subarray(HEADER.length), 1, HEADER.length)].map(({ end }) => end);
    one.files.put(name, change(data, ends));
    return one;
  }

  it('in the middle is set aside and said, once, and all behind it is sent', async () => {
    const { open, files, reports } = await damaged((data, ends) => {
      data[ends[1]! - 9]! ^= 0xff;
      return data;
    });
    const look = open().look();
    expect([...look.messages()].map(({ id }) => id)).toEqual([1, 3, 4]);
    expect(look.problems.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^\d+ bytes from \d+ on cannot be read$/),
      '1 of the messages 2 to 2 are missing',
    ]);
    expect(await waiting(open())).toEqual(['a', 'c', 'd']);
    expect(await waiting(open())).toEqual(['a', 'c', 'd']);
    expect(reports).toHaveLength(2);
    const aside = files.names().filter((name) => name.startsWith('damaged-'));
    expect(aside).toHaveLength(1);
    expect(files.file(aside[0]!)!.includes('b')).toBe(true);
    expect(open().status().waiting).toBe(3);
  });

  it.each([
    ['too short', 'abc'],
    ['another flag', `${'\x01\0\0\0\0\0'.repeat(2)}\x08\x01\0\0\0\0\0ax`],
    ['a length that leads out of it', `${'\x01\0\0\0\0\0'.repeat(2)}\x01\xff\0\0\0\0\0ax`],
    ['another type of property', `${'\x01\0\0\0\0\0'.repeat(2)}\x01\x01\0\x04\0\0\0a\x01\x09kvx`],
    ['a number far beyond its file', `\0\0\0\x03\0\0\x01\0\0\0\0\0\x01\x01\0\0\0\0\0ax`],
    ['properties that end too soon', `${'\x01\0\0\0\0\0'.repeat(2)}\x01\x01\0\x03\0\0\0a\x01\0kx`],
  ])('a whole record that is not a message of ours (%s) is set aside as well', async (_what, text) => {
    for (const place of ['first', 'last'] as const) {
      const { open, reports } = await damaged((data) => {
        const body = Buffer.from(text, 'latin1');
        const parts: Buffer[] = [HEADER];
        let at: number = HEADER.length;
        const put = (one: Uint8Array): void => {
          parts.push(encodeFrame(one, 1, at));
          at += parts.at(-1)!.length;
        };
        if (place === 'first') put(body);
        for (const piece of pieces(data.subarray(HEADER.length), 1, HEADER.length))
          if (piece.kind === 'frame') put(piece.body);
        if (place === 'last') put(body);
        return Buffer.concat(parts);
      });
      expect([...open().look().messages()].map(({ id }) => id)).toEqual([1, 2, 3, 4]);
      await open().accept([draft('e')]);
      expect(await waiting(open())).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(reports[0]).toMatch(/is damaged: \d+ bytes from \d+ on cannot be read; they are set aside in/);
    }
  });

  it('a number far beyond what was accepted does not make it count for hours: sending is refused, all can be exported', async () => {
    const far = 2 ** 46;
    const { open, files } = rig();
    await open().accept([draft('a')]);
    const journal = files.file('journal')!;
    const seen = Buffer.alloc(18 + 14);
    seen.writeUIntLE(1, 6, 6);
    seen.writeUIntLE(far, 12, 6);
    seen.writeUInt8(8, 18);
    seen.writeUIntLE(far, 19, 6);
    files.put('journal', Buffer.concat([journal, encodeFrame(seen, 0, journal.length)]));
    expect((await open().accept([draft('b')])).ids).toEqual([far + 1]);
    expect(segmentsOf(files.names())).toEqual(['0000000000000001.msg', '0070368744177665.msg']);
    const look = open().look();
    expect([...look.messages()].map(({ id }) => id)).toEqual([1, far + 1]);
    expect(look.problems).toEqual([
      { file: '0070368744177665.msg', text: `${far - 1} of the messages 2 to ${far} are missing` },
    ]);
    const sender = (await open().sender())!;
    expect(sender.next()?.id).toBe(1);
    expect(() => sender.next()).toThrow('is damaged: its messages continue with number 70368744177665 after 1');
    await sender.close();
  });

  /** A journal of one commit: the three numbers that it begins with, and entries of a type and three numbers. */
  function commit(summary: readonly number[], ...entries: readonly (readonly number[])[]): Buffer {
    const body = Buffer.alloc(18 + 14 * entries.length);
    for (const [i, each] of summary.entries()) body.writeUIntLE(each, 6 * i, 6);
    for (const [i, [type = 0, one = 0, two = 0, three = 0]] of entries.entries()) {
      const at = body.writeUInt8(type, 18 + 14 * i);
      body.writeUInt8(three, body.writeUIntLE(two, body.writeUIntLE(one, at, 6), 6));
    }
    return body;
  }
  const [BASE, SETTLED, SENDING, RESTARTED, COUNTER, SEEN] = [0, 1, 2, 4, 6, 8];
  const asJournal = (body: Buffer): Buffer => Buffer.concat([HEADER, encodeFrame(body, 0, HEADER.length)]);
  const MOST = 2 ** 48 - 1;

  it.each([
    ['that is too short for one', Buffer.alloc(7)],
    ['with half an entry', commit([0, 1, 1], [BASE, 1]).subarray(0, 25)],
    ['that has settled more than there can be', commit([MOST, 1, 1], [BASE, 1, MOST])],
    ['that begins where no number goes', commit([MOST, MOST, MOST], [BASE, MOST, MOST])],
    ['that has seen what cannot be', commit([0, 1, MOST], [BASE, 1], [SEEN, MOST])],
    ['with an identifier that no packet has', commit([0, 1, 1], [BASE, 1], [RESTARTED], [SENDING, 1, 70_000])],
    ['with packet identifier 0', commit([0, 1, 1], [BASE, 1], [RESTARTED], [SENDING, 1, 0])],
    ['that counts beyond all packets', commit([0, 1, 1], [BASE, 1], [RESTARTED], [COUNTER, 70_000])],
  ])('a whole record of the journal that is not a commit (%s) is set aside, and all is sent', async (_what, body) => {
    const { open, files, reports } = await damaged((data) => data);
    files.put('journal', asJournal(body));
    const look = open().look();
    expect([...look.messages()].map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect(look.problems).toEqual([{ file: 'journal', text: expect.stringContaining('from 8 on cannot be read') }]);
    expect((await open().accept([draft('e')])).ids).toEqual([5]);
    const sender = (await open().sender())!;
    expect(sender.recovery).toMatchObject({ flights: [], cleanStart: true, mayDuplicate: true });
    await sender.close();
    expect(await waiting(open())).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(reports[0]).toMatch(/journal is damaged: \d+ bytes from 8 on cannot be read; they are set aside in/);
  });

  it('an absurd stretch of settled messages does not make it count for hours', async () => {
    const { open, files } = await damaged((data) => data);
    files.put('journal', asJournal(commit([2 ** 40 - 2, 1, 2 ** 40], [BASE, 1], [SETTLED, 3, 2 ** 40])));
    expect([...open().look().messages()].map(({ id }) => id)).toEqual([1, 2]);
    expect((await open().accept([draft('e')])).ids).toEqual([2 ** 40 + 1]);
  });

  it('a message that stays holds nothing up, though twenty million behind it have left', async () => {
    const { open, files, reports } = rig();
    await open().accept([draft('stays')]);
    const [count, last] = [20_000_000, 20_000_001];
    files.put('journal', asJournal(commit([count, 1, last], [BASE, 1], [SETTLED, 2, last], [RESTARTED])));
    expect((await open().accept([draft('next')])).ids).toEqual([last + 1]);
    expect(await waiting(open())).toEqual(['stays', 'next']);
    expect([reports, open().look().problems, open().status().waiting]).toEqual([[], [], 2]);
  });

  it('a file with the name of a segment and a number that no message had is not one', async () => {
    const { open, files } = await damaged((data) => data);
    files.put('9999999999999999.msg', Buffer.alloc(0));
    expect((await open().accept([draft('e')])).ids).toEqual([5]);
    expect(await waiting(open())).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(files.file('9999999999999999.msg')).toHaveLength(0);
  });

  it('of the last record is never overwritten: the next message begins a segment', async () => {
    const { open, files, reports } = await damaged((data) => {
      data[data.length - 5]! ^= 0xff;
      return data;
    });
    expect((await open().accept([draft('e')])).ids).toEqual([5]);
    expect(segmentsOf(files.names())).toHaveLength(2);
    expect(await waiting(open())).toEqual(['a', 'b', 'c', 'e']);
    expect(reports[0]).toContain('is damaged');
  });

  it('a torn last record is removed and said, and its number is given again', async () => {
    const { open, reports } = await damaged((data) => data.subarray(0, data.length - 3));
    expect((await open().accept([draft('e')])).ids).toEqual([4]);
    expect(await waiting(open())).toEqual(['a', 'b', 'c', 'e']);
    expect(reports).toEqual([expect.stringContaining('was not written to its end')]);
  });

  it('a header is not needed to read what is behind it', async () => {
    const { open } = await damaged((data) => {
      data.fill(0xee, 0, HEADER.length);
      return data;
    });
    expect(await waiting(open())).toEqual(['a', 'b', 'c', 'd']);
  });

  it('a file of another version is refused, and left alone', async () => {
    const { open } = await damaged((data) => {
      data[HEADER.length - 1] = 2;
      return data;
    });
    await expect(waiting(open())).rejects.toThrow(/made by another version of this program \(format 2\)/);
  });

  /** A spool whose sender has come by a to d and sent nothing; then the disk has lost c and d, to the byte. */
  async function shortened(rewritten: boolean): Promise<ReturnType<typeof rig>> {
    const one = rig(rewritten ? SMALL : {});
    const spool = one.open();
    await spool.accept(['a', 'b', 'c', 'd'].map((text) => draft(text)));
    await waiting(spool);
    const sender = rewritten ? (await spool.sender())! : undefined;
    for (let i = 0; i < 60; i++) {
      sender?.sending(1, 1);
      sender?.returned(1);
      sender?.commit();
    }
    await sender?.close();
    const [name] = segmentsOf(one.files.names());
    const data = one.files.file(name!)!;
    const ends = [...pieces(data.subarray(HEADER.length), 1, HEADER.length)].map(({ end }) => end);
    one.files.put(name!, data.subarray(0, ends[1]));
    return one;
  }

  it.each([false, true])(
    'the end of a segment that is lost at a record shows (journal rewritten: %s)',
    async (anew) => {
      const { open, reports } = await shortened(anew);
      const look = open().look();
      expect([...look.messages()].map(({ id }) => id)).toEqual([1, 2]);
      expect(look.problems).toEqual([{ file: '0000000000000001.msg', text: '2 of the messages 3 to 4 are missing' }]);
      expect((await open().accept([draft('e')])).ids).toEqual([5]);
      const sender = (await open().sender())!;
      for (let message = sender.next(); message !== undefined; message = sender.next());
      expect(sender.missing).toEqual([3, 4]);
      await sender.close();
      expect(reports).toEqual(['/spool: 2 messages are missing between 3 and 4']);
      expect(await waiting(open())).toEqual(['a', 'b', 'e']);
      const after = open().look();
      expect([[...after.messages()].length, after.problems]).toEqual([3, []]);
    },
  );

  it('a torn record that was whole once is not reported as nothing', async () => {
    const { open, files, reports } = rig();
    await open().accept([draft('a'), draft('b')]);
    await waiting(open());
    files.put('0000000000000001.msg', files.file('0000000000000001.msg')!.subarray(0, -3));
    expect(await waiting(open())).toEqual(['a']);
    expect(reports).toEqual([
      expect.stringMatching(/the last record was not written to its end; its \d+ bytes are removed$/),
      '/spool: a message is missing between 2 and 2',
    ]);
  });

  it('what a sender has come by is noted only where there is room', async () => {
    const { open, files } = rig();
    await open().accept([draft('a')]);
    const sender = (await open().sender())!;
    sender.next();
    files.fate = (call) => (call === 'write' ? { errno: 'ENOSPC', half: true } : 'go');
    const journal = Buffer.from(files.file('journal')!);
    await sender.close();
    expect(files.file('journal')).toEqual(journal);
    expect(files.file('reserve')).toHaveLength(65_536);
    files.fate = () => 'go';
    expect(await waiting(open())).toEqual(['a']);
  });

  it('is not what other processes deliver and remove at the same time', async () => {
    const { open, files } = rig(SMALL);
    const spool = open();
    await spool.accept(Array.from({ length: 12 }, () => draft('x'.repeat(60))));
    const [before] = segmentsOf(files.names());
    const look = open().look();
    const sender = (await spool.sender())!;
    for (let id = 1; id <= 11; id++) sender.settled(id, 'delivered');
    await sender.close();
    expect(files.file(before!)?.length ?? 0).toBeLessThan(500);
    expect([...look.messages()].map(({ id }) => id)).toEqual([12]);
    expect(look.problems).toEqual([]);
  });

  it('a removed segment is reported, and stops nothing', async () => {
    const { open, files, reports } = rig(SMALL);
    const spool = open();
    for (const text of ['a', 'b', 'c']) await spool.accept([draft(text + 'x'.repeat(2000))]);
    files.fs.unlinkSync('/spool/0000000000000002.msg');
    expect((await waiting(spool)).map((text) => text[0])).toEqual(['a', 'c']);
    expect(reports).toEqual(['/spool: a message is missing between 2 and 2']);
    files.fs.unlinkSync('/spool/0000000000000003.msg');
    // A number that was spoken of never comes again: it could be taken for settled.
    expect((await spool.accept([draft('d')])).ids[0]).toBeGreaterThan(2);
  });
});

describe('limits', () => {
  it('--spool-max-count: those that fit are taken, the next is refused', async () => {
    const { open } = rig();
    const spool = open({ limits: { maxCount: 3 } });
    const { ids, refusal } = await spool.accept(['a', 'b', 'c', 'd', 'e'].map((text) => draft(text)));
    expect(ids).toEqual([1, 2, 3]);
    expect(worded(refusal!).message).toBe(
      'The spool /spool is full: 3 messages wait, the limit is 3 (--spool-max-count)',
    );
    const sender = (await spool.sender())!;
    sender.settled(1, 'delivered');
    await sender.close();
    expect(await spool.accept([draft('f')])).toEqual({ ids: [4], refusal: undefined });
  });

  it('--spool-max-bytes counts what is on the disk', async () => {
    const { open } = rig();
    const spool = open({ limits: { maxBytes: 500 } });
    const { ids, refusal } = await spool.accept(Array.from({ length: 5 }, () => draft('x'.repeat(100))));
    expect(ids).toEqual([1, 2, 3]);
    expect(worded(refusal!).message).toMatch(
      /is full: \d+ bytes and \d+ more, the limit is 500 \(--spool-max-bytes\)$/,
    );
  });

  it('--spool-max-age: nothing is taken while the oldest has been waiting for longer', async () => {
    const { open, files } = rig();
    const spool = open({ limits: { maxAge: 60_000 } });
    await spool.accept([draft('a')]);
    files.now += 59_000;
    expect((await spool.accept([draft('b')])).ids).toEqual([2]);
    files.now += 2 * 3_600_000;
    const { ids, refusal } = await spool.accept([draft('c')]);
    expect(ids).toEqual([]);
    expect(worded(refusal!).message).toBe(
      'The spool /spool is full: the oldest message has been waiting for 2 h, the limit is 60 s (--spool-max-age)',
    );
  });

  it('a full disk refuses, and what was accepted is still delivered', async () => {
    const { open, files } = rig();
    const spool = open();
    await spool.accept([draft('a')]);
    files.fate = (call) => (call === 'write' && files.calls.length % 2 === 0 ? { errno: 'ENOSPC', half: true } : 'go');
    let refused = 0;
    for (let i = 0; i < 4; i++)
      await spool.accept([draft('b')]).catch((error: unknown) => {
        expect(error).toBeInstanceOf(Failure);
        expect((error as Failure).message).toMatch(/^(The spool )?\/spool.*: No space left on device$/);
        refused++;
      });
    expect(refused).toBeGreaterThan(0);
    files.fate = () => 'go';
    expect(await waiting(open())).toEqual(['a', ...Array.from({ length: 4 - refused }, () => 'b')]);
  });

  it('a full disk stops no process from sending, which makes room', async () => {
    const { open, files } = rig();
    const spool = open();
    await spool.accept([draft('a')]);
    const sender = (await spool.sender())!;
    sender.sending(sender.next()!.id, 1);
    files.fate = (call) => (call === 'write' && files.file('reserve') ? { errno: 'ENOSPC', half: true } : 'go');
    sender.commit();
    expect(files.file('reserve')).toBeUndefined();
    files.fate = () => 'go';
    sender.settled(1, 'delivered');
    await sender.close();
    expect(files.file('reserve')).toHaveLength(65_536);
    expect(await waiting(open())).toEqual([]);
  });

  it('a disk of which the lock of the sender took the last block stops no process from sending either', async () => {
    const { open, files } = rig();
    await open().accept([draft('a')]);
    files.fate = (call) =>
      call === 'open' && files.file('reserve') && files.file('sender.lock') ? { errno: 'ENOSPC', half: false } : 'go';
    expect(await waiting(open())).toEqual(['a']);
  });
});
