/** How the rest of a partly read record is read from a pipe: byte by byte, so that later bytes stay in the pipe. */
import { closeSync, constants, readSync } from 'node:fs';
import { openedAgain } from './open-again.ts';

/** Most bytes to read while the record does not end. */
const MOST_BYTES = 1024 * 1024;

/** See Source.recordEnd(). */
export function recordEnd(fd: number, separator: number): Uint8Array | undefined {
  let again: number | undefined;
  try {
    again = openedAgain(fd, constants.O_RDONLY);
    return again === undefined ? undefined : bytesTo(again, separator);
  } catch {
    // EAGAIN: the pipe is empty.
    return undefined;
  } finally {
    if (again !== undefined) closeSync(again);
  }
}

function bytesTo(fd: number, separator: number): Uint8Array | undefined {
  const bytes: number[] = [];
  const one = Buffer.alloc(1);
  while (bytes.length < MOST_BYTES) {
    if (readSync(fd, one) === 0) return Uint8Array.from([...bytes, separator]);
    bytes.push(one[0]!);
    if (one[0] === separator) return Uint8Array.from(bytes);
  }
  return undefined;
}
