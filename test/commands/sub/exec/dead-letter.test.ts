/** A dead letter is safe before that is reported. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deadLetters } from '../../../../src/commands/sub/exec/dead-letter.ts';
import type { PublishContent } from '../../../../src/mqtt/packets/publish.ts';
import type { PublishPacket } from '../../../../src/mqtt/types.ts';
import { type FileSystem, systemFiles } from '../../../../src/runtime/files.ts';
import { tempDir } from '../../../support/tmp.ts';

const PACKET: PublishPacket = {
  type: 'publish',
  dup: false,
  qos: 2,
  retain: true,
  topic: 'a',
  packetId: 9,
  payload: Buffer.from('x\ny'),
  properties: [],
};
const AT = { seconds: 1_700_000_000, nanoseconds: 5_000_000 };
const LINE = { topic: 'a', qos: 2, retain: true, payloadlen: 3, mid: 9, payload: 'x\ny' };
const never = (): number => {
  throw new Error('nothing is published');
};

/** The system's files; every call is written down, and one of them fails. */
function watched(failing?: string, code = 'ENOSPC'): { files: FileSystem; calls: string[] } {
  const calls: string[] = [];
  const files = new Proxy(systemFiles, {
    get: (target, name: keyof FileSystem) => {
      const call = target[name] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        calls.push(name);
        const id = `${name} ${calls.filter((each) => each === name).length}`;
        if (id === failing) throw Object.assign(new Error('no'), { code });
        return call(...args);
      };
    },
  });
  return { files, calls };
}

test('a file of its own: written, on disk, named, and the name on disk, before it is reported', async () => {
  const path = tempDir();
  const { files, calls } = watched();
  const letters = deadLetters({ kind: 'folder', path }, { files, pid: 42, publish: never });
  expect(await letters.put(PACKET, AT)).toBeUndefined();
  expect(calls).toEqual([
    'accessSync',
    ...['openSync', 'writeSync', 'fsyncSync', 'closeSync'],
    ...['renameSync', 'openSync', 'fsyncSync', 'closeSync'],
  ]);
  expect(await letters.put(PACKET, AT)).toBeUndefined();
  const names = readdirSync(path).sort();
  expect(names).toEqual([1, 2].map((n) => `20231114T221320.005000000Z-42-${n}.json`));
  const text = readFileSync(join(path, names[0]!), 'utf8');
  expect(text.endsWith('}\n')).toBe(true);
  expect(JSON.parse(text)).toMatchObject(LINE);
  expect(statSync(join(path, names[0]!)).mode & 0o777).toBe(0o600);
});

test.each(['openSync 1', 'writeSync 1', 'fsyncSync 1', 'closeSync 1', 'renameSync 1', 'openSync 2', 'fsyncSync 2'])(
  'a disk that is full at %s is reported, and no partial record has a name',
  async (failing) => {
    const path = tempDir();
    const { files } = watched(failing);
    const letters = deadLetters({ kind: 'folder', path }, { files, pid: 42, publish: never });
    expect(await letters.put(PACKET, AT)).toBe(`directory "${path}": No space left on device`);
    for (const name of readdirSync(path).filter((each) => each.endsWith('.json')))
      expect(JSON.parse(readFileSync(join(path, name), 'utf8'))).toMatchObject(LINE);
    expect(readdirSync(path).filter((each) => !each.endsWith('.json'))).toEqual([]);
  },
);

test.each([
  ['openSync 2', 'EACCES'],
  ['fsyncSync 2', 'EINVAL'],
])(
  'a folder that cannot be synced, as it cannot be read or its file system has no such thing (%s: %s), is not a failure',
  async (failing, code) => {
    const path = tempDir();
    const { files } = watched(failing, code);
    const letters = deadLetters({ kind: 'folder', path }, { files, pid: 42, publish: never });
    expect(await letters.put(PACKET, AT)).toBeUndefined();
    expect(readdirSync(path)).toEqual(['20231114T221320.005000000Z-42-1.json']);
  },
);

test('on a topic: what came from there does not go there again, each time longer', async () => {
  // A session that is kept may be subscribed to it since an earlier run.
  const letters = deadLetters({ kind: 'topic', topic: 'a' }, { files: systemFiles, pid: 1, publish: never });
  expect(await letters.put(PACKET, AT)).toBe(
    "topic 'a': the message came from there (-U ends that subscription of the session)",
  );
});

test('on a topic: at QoS 1, safe when the server has acknowledged it', async () => {
  const sent: PublishContent[] = [];
  const publish = (content: PublishContent) => sent.push(content);
  const letters = deadLetters({ kind: 'topic', topic: 'dead' }, { files: systemFiles, pid: 1, publish });
  const log: unknown[] = [];
  const puts = [1, 2, 3].map((n) => letters.put(PACKET, AT).then((problem) => log.push([n, problem])));
  await expect.poll(() => sent.length).toBe(3);
  expect(sent[0]).toMatchObject({ topic: 'dead', qos: 1, retain: false });
  expect(JSON.parse(Buffer.from(sent[0]!.payload).toString())).toMatchObject(LINE);
  expect({ log, waits: letters.isWaiting }).toEqual({ log: [], waits: true });
  expect(letters.published(99, undefined)).toBe(false);
  expect(letters.published(1, undefined)).toBe(true);
  expect(letters.published(2, 'Not authorized')).toBe(true);
  letters.abandon();
  await Promise.all(puts);
  expect(log).toEqual([
    [1, undefined],
    [2, "topic 'dead': Not authorized"],
    [3, "topic 'dead': it was not acknowledged"],
  ]);
  expect(await letters.put(PACKET, AT)).toBe("topic 'dead': it was not acknowledged");
  expect(sent).toHaveLength(3);
});

test('the folder is made for this user only when it is missing, as that of --spool is', async () => {
  const path = join(tempDir(), 'dead');
  const letters = deadLetters({ kind: 'folder', path }, { files: systemFiles, pid: 42, publish: never });
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(await letters.put(PACKET, AT)).toBeUndefined();
  expect(readdirSync(path)).toHaveLength(1);
});

test('a folder that another process has just made is used', async () => {
  const path = tempDir();
  let isThere = false;
  const files = {
    ...systemFiles,
    accessSync: (name: string, mode: number) => {
      if (!isThere) throw Object.assign(new Error('no'), { code: 'ENOENT' });
      systemFiles.accessSync(name, mode);
    },
    mkdirSync: () => {
      isThere = true;
      throw Object.assign(new Error('no'), { code: 'EEXIST' });
    },
  } as FileSystem;
  const letters = deadLetters({ kind: 'folder', path }, { files, pid: 42, publish: never });
  expect(await letters.put(PACKET, AT)).toBeUndefined();
});
