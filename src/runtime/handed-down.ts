/** Whether the program can write to a descriptor above 2 that its caller has opened. */
import { constants, fstatSync, readdirSync, type Stats } from 'node:fs';
import { accessOf } from './descriptor.ts';

/**
 * Why a text cannot be written to this descriptor, or undefined. The runtime uses the next free numbers for itself, and
 * writing to one of those, or closing it, would break the program.
 */
export function notWritable(fd: number): string | undefined {
  let stat: Stats;
  try {
    stat = fstatSync(fd);
  } catch {
    return 'it is not open';
  }
  if (!stat.isFIFO() && !stat.isSocket() && !stat.isFile() && !stat.isCharacterDevice()) return 'it is not open';
  const access = accessOf(fd);
  if (access === constants.O_RDONLY) return 'it is open for reading only';
  return stat.isFIFO() && access === constants.O_WRONLY && isReadHere(stat) ? 'it is not open' : undefined;
}

/** Whether this process holds the other end of the pipe too: then the pipe is internal to the runtime. */
function isReadHere({ ino, dev }: Stats): boolean {
  return listed().some((fd) => {
    try {
      const other = fstatSync(fd);
      return other.ino === ino && other.dev === dev && accessOf(fd) === constants.O_RDONLY;
    } catch {
      return false;
    }
  });
}

function listed(): number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number);
  } catch {
    return [];
  }
}
