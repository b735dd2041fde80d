/**
 * Disk space to free when the disk is full. Sending the waiting messages makes room, but the journal has to grow a
 * little first.
 */
import { Failure } from '../errors.ts';
import { attempt, errnoOf, writeNewFile } from '../runtime/files.ts';
import { FILES, type SpoolFolder } from './folder.ts';

const BYTES = 64 * 1024;
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** Reserves the space, if it is not reserved yet. Ignores a failure, because the reserve matters only on a full disk. */
export function keepReserve(folder: SpoolFolder): void {
  attempt(() => writeNewFile(folder.fs, folder.file(FILES.reserve), Buffer.alloc(BYTES)));
}

/** Whether the reserve exists: without it, little may be written at a time. */
export function hasReserve(folder: SpoolFolder): boolean {
  let size = 0;
  attempt(() => {
    size = folder.fs.statSync(folder.file(FILES.reserve)).size;
  });
  return size > 0;
}

/** Does the work; when the disk is full, frees the reserve and tries again. Throws what the work throws. */
export function withReserve<T>(folder: SpoolFolder, work: () => T): T {
  try {
    return work();
  } catch (error) {
    giveUp(folder, error);
    return work();
  }
}

/** As withReserve(), for asynchronous work. */
export async function withReserveAsync<T>(folder: SpoolFolder, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    giveUp(folder, error);
    return work();
  }
}

/** Throws the error when the disk is not full, or there is no reserve to free. */
function giveUp(folder: SpoolFolder, error: unknown): void {
  if (!FULL.has((error instanceof Failure ? error.code : undefined) ?? errnoOf(error))) throw error;
  const free = (): void => {
    folder.fs.unlinkSync(folder.file(FILES.reserve));
    folder.sync();
  };
  if (!attempt(free)) throw error;
}
