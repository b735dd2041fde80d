/** Bytes of a connection that are to be kept. */
import { expect, test } from 'vitest';
import { LONGEST_SHARED_BYTES, ownBytes } from '../../src/util/own-bytes.ts';

test('short bytes are copied, since the next read may overwrite them', () => {
  const read = Buffer.alloc(LONGEST_SHARED_BYTES, 1);
  const kept = ownBytes(read);
  read.fill(2);
  expect(kept.length).toBe(LONGEST_SHARED_BYTES);
  expect(kept.every((byte) => byte === 1)).toBe(true);
});

test('long bytes are kept as they are, but not with much else', () => {
  const memory = new Uint8Array(3 * LONGEST_SHARED_BYTES);
  const most = ownBytes(Buffer.from(memory.buffer, 10, 2 * LONGEST_SHARED_BYTES));
  expect(most.buffer).toBe(memory.buffer);
  expect([most.byteOffset, most.length, most.constructor]).toEqual([10, 2 * LONGEST_SHARED_BYTES, Uint8Array]);
  expect(ownBytes(memory.subarray(0, LONGEST_SHARED_BYTES + 1)).buffer.byteLength).toBe(LONGEST_SHARED_BYTES + 1);
});
