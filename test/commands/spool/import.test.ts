/**
 * What an import leaves behind when it is stopped: all of a part of it, and how to go on.
 * Covers src/commands/spool/write.ts.
 */
import { expect, test } from 'vitest';
import { importLines } from '../../../src/commands/spool/write.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import type { DiskIo } from '../../../src/runtime/io.ts';
import { rig } from '../../spool/rig.ts';

const MEGABYTE = 'x'.repeat(1024 * 1024);

/** Lines of about a megabyte, an empty one before each. */
const lines = (count: number): string =>
  Array.from({ length: count }, (_, i) => `\n${JSON.stringify({ topic: `t/${i}`, payload: MEGABYTE })}\n`).join('');

/** The signal is sent as soon as a listener is registered. */
async function imported(count: number, signal?: 'SIGINT' | 'SIGTERM', feed = lines(count)) {
  const { open, files } = rig();
  const said: string[] = [];
  const chunks = [Buffer.from(feed)];
  const io = {
    clock: systemClock,
    stdin: () => ({ read: async () => chunks.shift(), close: () => {} }),
    stdout: {
      write: (bytes: Uint8Array, done: () => void) => {
        said.push(Buffer.from(bytes).toString());
        setImmediate(done);
      },
    },
    stderr: (text: string) => void said.push(text),
    onSignal: (name: string, callback: () => void) => {
      if (name === signal) callback();
      return () => {};
    },
  } as unknown as DiskIo;
  const status = await importLines({ form: 'import', folder: 'd', json: false } as never, io, () => open());
  const topics = [...open().look().messages()].map(({ topic }) => topic);
  return { status, said, topics, segments: files.names().filter((name) => name.endsWith('.msg')).length };
}

test('a few megabytes are one part, which no signal can divide', async () => {
  const { status, said, topics, segments } = await imported(15, 'SIGINT');
  expect([status, said, topics.length, segments]).toEqual([0, ['d: 15 messages imported\n'], 15, 1]);
});

test('a signal ends it between two parts, and it can go on where it was', async () => {
  const { status, said, topics } = await imported(40, 'SIGTERM');
  expect([status, topics]).toEqual([143, Array.from({ length: 15 }, (_, i) => `t/${i}`)]);
  expect(said).toEqual([
    'Warning: The import is incomplete: 15 of 40 messages\nHint: Import the rest, from line 31 on.\n',
  ]);
  // As by tail -n +31.
  const rest = lines(40).split('\n').slice(30).join('\n');
  expect((await imported(0, undefined, rest)).topics).toEqual(Array.from({ length: 25 }, (_, i) => `t/${i + 15}`));
});

test('without a signal all parts go in, in order', async () => {
  const { status, topics, segments } = await imported(40);
  expect([status, topics.length, topics[39], segments]).toEqual([0, 40, 't/39', 3]);
});
