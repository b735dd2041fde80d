/** Locks that are lost, messages that are lost, and what is given back of the disk. */
import { describe, expect, it } from 'vitest';
import { encodeFrame, HEADER, pieces } from '../../src/spool/frame.ts';
import { draft, rig, waiting } from './rig.ts';

const SMALL = { segmentBytes: 1024 };
const FIRST = '0000000000000001.msg';

describe('a lock that another process has taken away', () => {
  it('lets a sender commit nothing', async () => {
    const { open, files } = rig();
    await open().accept([draft('a')]);
    const sender = (await open().sender())!;
    sender.settled(1, 'delivered');
    const journal = Buffer.from(files.file('journal')!);
    files.put('sender.lock', Buffer.from('somebody else'));
    expect(() => sender.commit()).toThrow(
      expect.objectContaining({ code: 'EAGAIN', message: "The sender's lock of the spool /spool was taken away" }),
    );
    await expect(sender.close()).rejects.toThrow('was taken away');
    expect(files.file('journal')).toEqual(journal);
    // It is not ours to remove.
    expect(files.file('sender.lock')!.toString()).toBe('somebody else');
  });

  it('lets nothing be accepted', async () => {
    let steals = false;
    const one = rig({
      get fs() {
        const { fs } = one.files;
        const readdirSync = (path: string): unknown => {
          if (steals && one.files.file('append.lock')) one.files.put('append.lock', Buffer.from('somebody else'));
          return fs.readdirSync(path);
        };
        return { ...fs, readdirSync } as typeof fs;
      },
    });
    const spool = one.open();
    steals = true;
    for (const work of [spool.accept([draft('a')]), spool.acceptWhole([draft('a')])])
      await expect(work).rejects.toThrow(
        expect.objectContaining({ code: 'EAGAIN', message: 'The lock of the spool /spool was taken away' }),
      );
    expect(one.files.names().filter((name) => name.endsWith('.msg'))).toEqual([]);
  });
});

describe('a sender', () => {
  it('touches its lock every ten seconds at most', async () => {
    const touched: number[] = [];
    const one = rig({
      get fs() {
        const { fs } = one.files;
        return {
          ...fs,
          utimesSync: (_path: string, _at: number, at: number) => touched.push(at * 1000),
        } as unknown as typeof fs;
      },
    });
    const { open, files } = one;
    const sender = (await open().sender())!;
    const start = files.now;
    for (const [after, times] of [
      [0, 1],
      [9_999, 1],
      [10_000, 2],
      [19_999, 2],
      [20_000, 3],
    ] as const) {
      files.now = start + after;
      sender.touch();
      expect(touched).toHaveLength(times);
    }
    expect(touched.at(-1)).toBe(files.now);
  });

  it('reports what is next, and what is in flight', async () => {
    const { open } = rig();
    const spool = open();
    await spool.accept([draft('a'), draft('b')]);
    const sender = (await spool.sender())!;
    expect([sender.nextId, sender.expired, sender.missing]).toEqual([3, 0, []]);
    sender.sending(1, 7);
    expect([sender.isInFlight(1), sender.isInFlight(2), sender.usesPacketId(7), sender.usesPacketId(1)]).toEqual([
      ...[true, false],
      ...[true, false],
    ]);
    sender.settled(1, 'delivered');
    expect([sender.isInFlight(1), sender.usesPacketId(7)]).toEqual([false, false]);
    await sender.close();
  });

  it('sends nothing that is not on the disk, whoever was killed before it was', async () => {
    const { open, files } = rig();
    await (await open().sender())!.close();
    let fsyncs = 0;
    files.fate = (call) => (call === 'fsync' && ++fsyncs === 1 ? 'kill before' : 'go');
    await expect(open().accept([draft('a')])).rejects.toThrow();
    expect(fsyncs).toBe(1);
    files.restart();
    files.fate = () => 'go';
    files.fs.unlinkSync('/spool/append.lock');
    const sender = (await open().sender())!;
    sender.sending(sender.next()!.id, 7);
    sender.commit();
    const before = files.calls.filter((call) => call === 'fsync').length;
    await sender.refresh();
    // Once is enough.
    expect(files.calls.filter((call) => call === 'fsync')).toHaveLength(before);
    files.powerCut(() => 0);
    if (files.file('sender.lock')) files.fs.unlinkSync('/spool/sender.lock');
    const { recovery } = (await open().sender())!;
    expect(recovery.flights.map(({ packetId, message }) => [packetId, String(message.payload)])).toEqual([[7, 'a']]);
  });

  it.each(['EIO', 'ENOSPC'])(
    'loses nothing by a refresh that fails with %s when there is a new segment',
    async (errno) => {
      const { open, files, reports } = rig(SMALL);
      const spool = open();
      await spool.accept([draft('a')]);
      const sender = (await open().sender())!;
      for (const text of ['b', 'c']) await spool.accept([draft(text.repeat(2000))]);
      files.fs.unlinkSync('/spool/reserve');
      files.fate = (call) => (call === 'fsync' ? { errno, half: false } : 'go');
      await expect(sender.refresh()).rejects.toThrow(expect.objectContaining({ code: errno }));
      files.fate = () => 'go';
      // As of the last refresh that went well.
      expect([sender.next()?.id, sender.next(), sender.nextId]).toEqual([1, undefined, 2]);
      await sender.refresh();
      expect([sender.next()?.id, sender.next()?.id, sender.next(), sender.missing]).toEqual([2, 3, undefined, []]);
      await sender.close();
      expect(await waiting(open())).toEqual(['a', 'b'.repeat(2000), 'c'.repeat(2000)]);
      expect(reports).toEqual([]);
    },
  );

  it('sends a message that was returned in the next run, and not in this one', async () => {
    const { open } = rig();
    await open().accept([draft('a')]);
    const sender = (await open().sender())!;
    sender.sending(sender.next()!.id, 7);
    sender.returned(1);
    expect([sender.next(), sender.usesPacketId(7)]).toEqual([undefined, false]);
    await sender.close();
    expect(await waiting(open())).toEqual(['a']);
  });

  it('whose message in flight is not in the files any more gives up all that is in flight, after a clean start', async () => {
    const { open, files, reports } = rig(SMALL);
    for (const text of ['a', 'b']) await open().accept([draft(text + 'x'.repeat(2000))]);
    const sender = (await open().sender())!;
    sender.restarted();
    for (const id of [1, 2]) sender.sending(id, id);
    await sender.close();
    files.fs.unlinkSync(`/spool/${FIRST}`);
    const next = (await open().sender())!;
    expect(next.recovery).toMatchObject({ flights: [], lastPacketId: 2, cleanStart: true, mayDuplicate: true });
    expect([next.next()?.id, next.next(), next.missing]).toEqual([2, undefined, [1]]);
    expect(reports).toEqual(['/spool: a message is missing between 1 and 1']);
    await next.close();
    // It was committed at once.
    expect((await open().sender())!.recovery).toMatchObject({ cleanStart: true, mayDuplicate: false });
  });

  it('finds what is in flight wherever it is', async () => {
    const { open } = rig(SMALL);
    for (const text of ['a', 'b', 'c', 'd']) await open().accept([draft(text + 'x'.repeat(2000))]);
    const sender = (await open().sender())!;
    for (const id of [2, 4]) sender.sending(id, 10 + id);
    sender.released(14);
    await sender.close();
    const { flights } = (await open().sender())!.recovery;
    expect(flights.map(({ message, packetId, released }) => [`${message.payload}`[0], packetId, released])).toEqual([
      ['d', 14, true],
      ['b', 12, false],
    ]);
  });

  it('removes what a rewrite was killed over, and nothing else', async () => {
    const { open, files } = rig();
    await open().accept([draft('a')]);
    const theirs = ['notes.new', '.hidden'];
    for (const name of [`${FIRST}.new`, 'journal.new', ...theirs]) files.put(name, Buffer.alloc(10));
    expect(await waiting(open())).toEqual(['a']);
    expect(files.names().sort()).toEqual([...theirs, FIRST, 'journal', 'reserve', 'spool'].sort());
  });
});

describe('what is given back of the disk', () => {
  it('is not what is damaged: that is set aside before its file is rewritten', async () => {
    const { open, files, reports } = rig(SMALL);
    const spool = open();
    await spool.accept(Array.from({ length: 20 }, (_, i) => draft(`${i + 1} ${'x'.repeat(20)}`)));
    await spool.accept([draft('y'.repeat(2000))]);
    const data = Buffer.from(files.file(FIRST)!);
    const all = [...pieces(data.subarray(HEADER.length), 1, HEADER.length)];
    data[all[3]!.end - 6]! ^= 0xff;
    files.put(FIRST, data);
    const sender = (await spool.sender())!;
    for (let id = 6; id <= 20; id++) sender.settled(id, 'delivered');
    await sender.close();
    expect(files.file(FIRST)!.length).toBeLessThan(data.length / 2);
    expect(files.file(`damaged-${FIRST}-${all[3]!.start}`)).toEqual(data.subarray(all[3]!.start, all[3]!.end));
    expect(reports.filter((line) => line.includes('set aside'))).toHaveLength(1);
    expect([...open().look().messages()].map(({ id }) => id)).toEqual([1, 2, 3, 5, 21]);
  });

  it('is a whole file where nothing of it waits, though one before it has something', async () => {
    const { open, files } = rig(SMALL);
    for (const text of ['a', 'b', 'c']) await open().accept([draft(text + 'x'.repeat(2000))]);
    const sender = (await open().sender())!;
    sender.settled(2, 'dropped');
    await sender.close();
    expect(files.names().filter((name) => name.endsWith('.msg'))).toEqual([FIRST, '0000000000000003.msg']);
    const look = open().look();
    expect([[...look.messages()].map(({ id }) => id), look.problems]).toEqual([[1, 3], []]);
  });

  it.each(['open', 'write', 'fsync', 'rename'] as const)(
    'may fail at any call (%s): nothing is lost, no file is left over, and the next run does it',
    async (kind) => {
      for (let nth = 0, over = false; !over; nth++) {
        const { open, files } = rig(SMALL);
        await open().accept(Array.from({ length: 20 }, () => draft('x'.repeat(20))));
        await open().accept([draft('y'.repeat(2000))]);
        const sender = (await open().sender())!;
        for (let id = 6; id <= 20; id++) sender.settled(id, 'delivered');
        sender.commit();
        let count = 0;
        over = true;
        files.fate = (call) => {
          if (call !== kind || count++ !== nth) return 'go';
          over = false;
          return { errno: 'EIO', half: true };
        };
        await sender.close();
        files.fate = () => 'go';
        expect(files.names().filter((name) => name.endsWith('.new'))).toEqual([]);
        expect([...open().look().messages()].map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 21]);
        await (await open().sender())!.close();
        expect(files.file(FIRST)!.length).toBeLessThan(700);
      }
    },
  );
});

describe('the journal', () => {
  it('keeps how each message left', async () => {
    const { open, files } = rig();
    await open().accept(Array.from({ length: 5 }, () => draft('a')));
    const sender = (await open().sender())!;
    for (const [i, outcome] of (['delivered', 'expired', 'dropped', 'damaged'] as const).entries())
      sender.settled(i + 1, outcome);
    sender.commit();
    const data = files.file('journal')!;
    const bodies = [...pieces(data.subarray(HEADER.length), 0, HEADER.length)];
    const last = bodies.at(-1)!;
    if (last.kind !== 'frame') throw new Error('damage');
    // A type, two numbers, and the outcome.
    expect([0, 1, 2, 3].map((i) => last.body[18 + 14 * (i + 1) - 1])).toEqual([0, 2, 3, 4]);
  });

  it('passes over entries that only a later version knows', async () => {
    const { open, files } = rig();
    await open().accept([draft('a'), draft('b')]);
    const body = Buffer.alloc(18 + 2 * 14);
    body.writeUIntLE(1, 0, 6);
    body.writeUIntLE(2, 6, 6);
    body.writeUIntLE(1, 12, 6);
    body[18] = 77;
    body[18 + 14] = 1;
    body.writeUIntLE(1, 18 + 14 + 1, 6);
    body.writeUIntLE(1, 18 + 14 + 7, 6);
    body[18 + 14 + 13] = 99;
    const journal = files.file('journal')!;
    files.put('journal', Buffer.concat([journal, encodeFrame(body, 0, journal.length)]));
    expect(await waiting(open())).toEqual(['b']);
  });

  it('of another version is refused', async () => {
    const { open, files } = rig();
    open();
    const journal = Buffer.from(files.file('journal')!);
    for (const [version, refused] of [
      [1, false],
      [2, true],
      [0x1f, true],
      [0x20, false],
      [0xee, false],
    ] as const) {
      journal[HEADER.length - 1] = version;
      files.put('journal', Buffer.from(journal));
      const looking = (): unknown => open().look();
      if (refused)
        expect(looking).toThrow(`/spool/journal was made by another version of this program (format ${version})`);
      else expect(looking).not.toThrow();
    }
  });

  it('that is not there, or has no whole header, is begun with what is in the spool', async () => {
    for (const length of [undefined, 0, 5, HEADER.length]) {
      const { open, files } = rig(SMALL);
      for (const text of ['a', 'b']) await open().accept([draft(text + 'x'.repeat(2000))]);
      const sender = (await open().sender())!;
      sender.settled(1, 'delivered');
      await sender.close();
      if (length === undefined) files.fs.unlinkSync('/spool/journal');
      else files.put('journal', HEADER.subarray(0, length));
      expect(open().status()).toEqual({ waiting: 1, oldest: files.now });
      expect(open().nextId()).toBe(3);
      const look = open().look();
      expect([[...look.messages()].map(({ id }) => id), look.problems]).toEqual([[2], []]);
      const next = (await open().sender())!;
      expect(next.recovery).toMatchObject({ flights: [], cleanStart: true, mayDuplicate: false });
      expect([next.next()?.id, next.next()]).toEqual([2, undefined]);
      await next.close();
    }
  });

  it('is rewritten before it fills a disk that has no reserve any more', async () => {
    const { open, files } = rig();
    await open().accept([draft('a')]);
    const sender = (await open().sender())!;
    files.fs.unlinkSync('/spool/reserve');
    let longest = 0;
    for (let i = 1; i <= 1000; i++) {
      sender.sending(1, i);
      sender.commit();
      longest = Math.max(longest, files.file('journal')!.length);
    }
    expect(longest).toBe(16 * 1024);
    await sender.close();
    // With it, the journal has more room.
    const next = (await open().sender())!;
    for (let i = 1; i <= 1000; i++) {
      next.sending(1, i);
      next.commit();
    }
    expect(files.file('journal')!.length).toBeGreaterThan(17 * 1024);
    expect(await open().sender()).toBeUndefined();
  });
});

describe('accept()', () => {
  it('does not read what it has written itself', async () => {
    const { open, files } = rig();
    const spool = open();
    const message = draft('x'.repeat(100_000));
    await spool.accept([message]);
    const before = files.bytesRead;
    await spool.accept([message]);
    await spool.accept([message]);
    expect(files.bytesRead - before).toBeLessThan(10_000);
    // What another one has written is.
    await open().accept([message]);
    expect((await spool.accept([draft('last')])).ids).toEqual([5]);
    expect(await waiting(open())).toHaveLength(5);
  });

  it('takes nothing when there is nothing', async () => {
    const { open, files } = rig();
    const spool = open();
    for (const taken of [await spool.accept([]), await spool.acceptWhole([])])
      expect(taken).toEqual({ ids: [], refusal: undefined });
    expect(files.names().filter((name) => name.endsWith('.msg') || name === 'incoming')).toEqual([]);
    expect((await spool.accept([draft('a')])).ids).toEqual([1]);
  });

  it('fills a segment up to its length, and begins another one for what goes beyond', async () => {
    const { open, files } = rig(SMALL);
    const spool = open();
    await spool.accept([draft('')]);
    const empty = files.file(FIRST)!.length - HEADER.length;
    const room = 1024 - HEADER.length - 2 * empty;
    await spool.accept([draft('x'.repeat(room))]);
    expect(files.file(FIRST)).toHaveLength(1024);
    await spool.accept([draft('')]);
    expect(files.file(FIRST)).toHaveLength(1024);
    expect(files.file('0000000000000003.msg')).toHaveLength(HEADER.length + empty);
    const other = rig(SMALL);
    await other.open().accept([draft(''), draft('x'.repeat(room + 1))]);
    expect(other.files.file(FIRST)).toHaveLength(HEADER.length + empty);
    expect([...other.open().look().messages()].map(({ id }) => id)).toEqual([1, 2]);
  });

  it('keeps the time at which a message was accepted elsewhere', async () => {
    const { open, files } = rig();
    await open().accept([draft('a', { acceptedAt: 1_700_000_000_000 }), draft('b')]);
    expect([...open().look().messages()].map(({ acceptedAt }) => acceptedAt)).toEqual([1_700_000_000_000, files.now]);
    expect(open().status().oldest).toBe(1_700_000_000_000);
  });
});
