/** Descriptors beyond standard error that the caller has opened for this program. */
import { constants, fstatSync, readdirSync, type Stats } from 'node:fs';
import { accessOf } from './descriptor.ts';

/**
 * Why a text cannot be written to this descriptor, or undefined when it can. The runtime has descriptors of its own, with
 * the next free numbers: to write to one of them, or to close it, would break the program.
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

/** Whether this process has the other end of the pipe too: then no other process was meant to read it. */
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
