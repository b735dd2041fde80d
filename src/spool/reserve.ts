/**
 * Some disk space that is given up when the disk is full: to send what waits, which is what makes room again, the journal
 * has to grow a little first.
 */
import { Failure } from '../errors.ts';
import { attempt, errnoOf, writeNewFile } from '../runtime/files.ts';
import { FILES, type SpoolFolder } from './folder.ts';

const BYTES = 64 * 1024;
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** Sets it aside, if it is not there. Without it all works as well until the disk is full, so that is no failure. */
export function keepReserve(folder: SpoolFolder): void {
  attempt(() => writeNewFile(folder.fs, folder.file(FILES.reserve), Buffer.alloc(BYTES)));
}

/** Whether it is there: without it, little may be written at a time. */
export function hasReserve(folder: SpoolFolder): boolean {
  let size = 0;
  attempt(() => {
    size = folder.fs.statSync(folder.file(FILES.reserve)).size;
  });
  return size > 0;
}

/** Does the work; when the disk is full, gives up the reserve and does it once more. Throws what the work throws. */
export function withReserve<T>(folder: SpoolFolder, work: () => T): T {
  try {
    return work();
  } catch (error) {
    giveUp(folder, error);
    return work();
  }
}

/** The same for work that waits. */
export async function withReserveAsync<T>(folder: SpoolFolder, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    giveUp(folder, error);
    return work();
  }
}

/** Throws the error when it is not that the disk is full, or there is nothing to give up. */
function giveUp(folder: SpoolFolder, error: unknown): void {
  if (!FULL.has((error instanceof Failure ? error.code : undefined) ?? errnoOf(error))) throw error;
  const free = (): void => {
    folder.fs.unlinkSync(folder.file(FILES.reserve));
    folder.sync();
  };
  if (!attempt(free)) throw error;
}
