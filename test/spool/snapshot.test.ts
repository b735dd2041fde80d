/** Reading the waiting messages without a lock: what is read, what is reported, and what other processes change at that time. */
import { describe, expect, it } from 'vitest';
import { encodeFrame, HEADER, pieces } from '../../src/spool/frame.ts';
import type { Look } from '../../src/spool/snapshot.ts';
import { draft, type Rig, rig } from './rig.ts';

const SMALL = { segmentBytes: 1024 };
const FIRST = '0000000000000001.msg';
const SECOND = '0000000000000002.msg';

/** A spool of messages a, b, c …, each in a segment of its own. */
async function apart(...texts: string[]): Promise<Rig> {
  const one = rig(SMALL);
  const spool = one.open();
  for (const text of texts) await spool.accept([draft(text + 'x'.repeat(2000))]);
  return one;
}

/** Settles these; the files stay as they were, as after a kill between the commit and the removal. */
async function settled({ open, files }: Rig, ...ids: number[]): Promise<void> {
  const before = files.names().map((name) => [name, files.file(name)!] as const);
  const sender = (await open().sender())!;
  for (const id of ids) sender.settled(id, 'delivered');
  await sender.close();
  for (const [name, data] of before) if (name.endsWith('.msg')) files.put(name, data);
}

const idsOf = (look: Look): number[] => [...look.messages()].map(({ id }) => id);
const problemsOf = (look: Look): string[] => look.problems.map(({ file, text }) => `${file}: ${text}`);

describe('what is read', () => {
  it('is not a segment all of whose messages have left', async () => {
    const one = await apart('a', 'b', 'c');
    await settled(one, 1);
    one.files.put(FIRST, Buffer.alloc(1_000_000, 0xee));
    const { files } = one;
    const spool = one.open();
    const before = files.bytesRead;
    const look = spool.look();
    expect(idsOf(look)).toEqual([2, 3]);
    expect(problemsOf(look)).toEqual([]);
    const { waiting, oldest } = spool.status();
    expect([waiting, oldest]).toEqual([2, files.now]);
    expect(files.bytesRead - before).toBeLessThan(100_000);
  });

  it('finds the oldest of all that wait, which need not be the first: what was imported has its own time', async () => {
    const { open, files } = rig();
    const spool = open();
    const { now } = files;
    await spool.accept([draft('1'), draft('2', { acceptedAt: now - 500 }), draft('3', { acceptedAt: now - 300 })]);
    expect(spool.status().oldest).toBe(now - 500);
    const limits = { maxAge: 400 };
    expect((await open({ limits }).accept([draft('4')])).refusal?.message).toContain(
      'the oldest message has been waiting',
    );
    const sender = (await spool.sender())!;
    sender.settled(2, 'delivered');
    await sender.close();
    expect(spool.status().oldest).toBe(now - 300);
  });

  it('has the age of the oldest message that has not left', async () => {
    const { open, files } = rig();
    const spool = open();
    const times: number[] = [];
    for (const text of ['a', 'b', 'c']) {
      times.push(files.now);
      await spool.accept([draft(text)]);
      files.now += 1000;
    }
    expect(spool.status()).toEqual({ waiting: 3, oldest: times[0] });
    await settled({ open, files, reports: [] }, 1);
    expect(spool.status()).toEqual({ waiting: 2, oldest: times[1] });
  });

  it('goes on behind a segment that is not there any more', async () => {
    const { open, files } = await apart('a', 'b');
    files.fs.unlinkSync(`/spool/${FIRST}`);
    const { fs } = files;
    // Gone between the list of names and the reading.
    const late = rig({
      ...SMALL,
      fs: { ...fs, readdirSync: () => [...fs.readdirSync('/spool'), FIRST] } as unknown as typeof fs,
    });
    expect(late.open({ make: false }).status().oldest).toBe(files.now);
    expect(open().status().oldest).toBe(files.now);
  });

  it('includes the bytes that a message takes in its file', async () => {
    const { open, files } = rig();
    await open().accept([draft('a'), draft('bb')]);
    const sizes = [...open().look().messages()].map(({ size }) => size);
    expect(sizes[1]).toBe(sizes[0]! + 1);
    expect(sizes[0]! + sizes[1]! + HEADER.length).toBe(files.file(FIRST)!.length);
  });
});

describe('what is reported', () => {
  it('is a damaged header, and what is behind it is read', async () => {
    const { open, files } = await apart('a', 'b');
    const data = Buffer.from(files.file(FIRST)!);
    data.fill(0xee, 0, HEADER.length);
    files.put(FIRST, data);
    const look = open().look();
    expect(idsOf(look)).toEqual([1, 2]);
    expect(problemsOf(look)).toEqual([`${FIRST}: the header is damaged; what is behind it can be read`]);
  });

  it('is not an incomplete header, at the end of the last segment', async () => {
    const { open, files } = await apart('a');
    for (const length of [0, 1, HEADER.length - 1, HEADER.length]) {
      files.put(SECOND, HEADER.subarray(0, length));
      const look = open().look();
      expect(idsOf(look)).toEqual([1]);
      expect(problemsOf(look)).toEqual([]);
    }
  });

  it('is a torn record, unless it is the last of all: a process may be writing that one', async () => {
    const { open, files } = await apart('a', 'b');
    const torn = (name: string): void => files.put(name, files.file(name)!.subarray(0, -3));
    torn(SECOND);
    const last = open().look();
    expect(idsOf(last)).toEqual([1]);
    expect(problemsOf(last)).toEqual([]);
    torn(FIRST);
    const first = open().look();
    expect(idsOf(first)).toEqual([]);
    expect(problemsOf(first)).toEqual([
      expect.stringMatching(new RegExp(`^${FIRST}: \\d+ bytes from ${HEADER.length} on cannot be read$`)),
    ]);
  });

  it('are messages that the journal knows and no file has', async () => {
    const { open, files } = await apart('a', 'b');
    // It notes what it has come by.
    await (await open().sender())!.close();
    for (const name of [FIRST, SECOND]) files.fs.unlinkSync(`/spool/${name}`);
    const look = open().look();
    expect(idsOf(look)).toEqual([]);
    expect(problemsOf(look)).toEqual(['journal: 2 of the messages 1 to 2 are missing']);
  });

  it('are messages of a file that is removed at the same time', async () => {
    const { open, files } = await apart('a', 'b', 'c');
    const look = open().look();
    files.fs.unlinkSync(`/spool/${SECOND}`);
    expect(idsOf(look)).toEqual([1, 3]);
    expect(problemsOf(look)).toEqual(['0000000000000003.msg: 1 of the messages 2 to 2 are missing']);
  });

  it('is nothing of a file that goes because its messages are delivered while one looks', async () => {
    const one = await apart('a', 'b', 'c');
    const look = one.open().look();
    const sender = (await one.open().sender())!;
    for (const id of [1, 2]) sender.settled(id, 'delivered');
    await sender.close();
    expect(one.files.file(SECOND)).toBeUndefined();
    expect(idsOf(look)).toEqual([3]);
    expect(problemsOf(look)).toEqual([]);
  });

  it('is a file of another version', async () => {
    const { open, files } = await apart('a');
    const data = Buffer.from(files.file(FIRST)!);
    data[HEADER.length - 1] = 9;
    files.put(FIRST, data);
    expect(() => idsOf(open().look())).toThrow(
      `/spool/${FIRST} was made by another version of this program (format 9)`,
    );
  });
});

/** Changes of the last segment, which holds a, b and c. */
const CHANGES: readonly (readonly [what: string, change: (data: Buffer, ends: readonly number[]) => Buffer])[] = [
  ['as it is', (data) => data],
  ['torn within its last record', (data) => data.subarray(0, -3)],
  ['cut behind its second record', (data, ends) => data.subarray(0, ends[1])],
  ['with zeros behind its end', (data) => Buffer.concat([data, Buffer.alloc(50)])],
  ['damaged in its first record', (data) => flipped(data, HEADER.length + 14)],
  ['damaged in its last record', (data) => flipped(data, data.length - 6)],
  ['with nothing but a header', () => HEADER],
  ['with half a header', () => HEADER.subarray(0, 4)],
  ['with no byte', () => Buffer.alloc(0)],
  [
    'with a record behind it that is no message',
    (data) => Buffer.concat([data, encodeFrame(Buffer.from('no'), 1, data.length)]),
  ],
];

function flipped(data: Buffer, at: number): Buffer {
  const bad = Buffer.from(data);
  bad[at]! ^= 0xff;
  return bad;
}

describe('the number of the next message, read beforehand,', () => {
  async function changed(change: (data: Buffer, ends: readonly number[]) => Buffer, committed: boolean): Promise<Rig> {
    const one = rig();
    await one.open().accept([draft('a'), draft('b'), draft('c')]);
    if (committed) await (await one.open().sender())!.close();
    const data = one.files.file(FIRST)!;
    one.files.put(
      FIRST,
      change(
        Buffer.from(data),
        [...pieces(data.subarray(HEADER.length), 1, HEADER.length)].map(({ end }) => end),
      ),
    );
    return one;
  }

  it.each(CHANGES)('is the one that it gets, with a file %s', async (_what, change) => {
    for (const committed of [false, true]) {
      const { open } = await changed(change, committed);
      const told = open().nextId();
      expect((await open().accept([draft('d')])).ids).toEqual([told]);
      // A number that was spoken of never comes again.
      if (committed) expect(told).toBeGreaterThan(3);
      expect(open().nextId()).toBe(told + 1);
      expect([...open().look().messages()].at(-1)).toMatchObject({ id: told, payload: Buffer.from('d') });
    }
  });

  it('is 1 in a new spool, and counts on from the last segment', async () => {
    const { open, files } = rig();
    expect(open().nextId()).toBe(1);
    files.put('0000000000000042.msg', HEADER);
    expect(open().nextId()).toBe(42);
    expect((await open().accept([draft('a')])).ids).toEqual([42]);
  });
});
