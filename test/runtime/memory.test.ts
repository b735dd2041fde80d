/** How large a packet a machine can receive. */
import { expect, test } from 'vitest';
import { packetRoom, roomOf } from '../../src/runtime/memory.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

test.each([
  [128 * MIB, 0, 16 * MIB],
  [1 * GIB, 0, 128 * MIB],
  [64 * GIB, 512 * MIB, 64 * MIB],
  [1 * GIB, 2 ** 63, 128 * MIB],
  [64 * GIB, 0, undefined],
  [64 * GIB, 2 ** 63, undefined],
])('of %i bytes, %i of them for a container, a packet may have %s', (total, constrained, room) => {
  expect(roomOf(total, constrained)).toBe(room);
});

test('this machine has room for a packet', () => {
  expect(packetRoom() ?? Number.POSITIVE_INFINITY).toBeGreaterThan(MIB);
});
