/**
 * Some disk space that is given up when the disk is full: to send what waits, which is what makes room again, the journal
 * has to grow a little first.
 */
import { join } from 'node:path';
import { Failure } from '../errors.ts';
import { errnoOf, syncFolder, writeNewFile } from '../runtime/files.ts';
import { FILES, type SpoolSurroundings } from './folder.ts';

const BYTES = 64 * 1024;
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** Sets it aside, if it is not there. Without it all works as well until the disk is full, so that is no failure. */
export function keepReserve(folder: string, { fs }: SpoolSurroundings): void {
  try {
    writeNewFile(fs, join(folder, FILES.reserve), Buffer.alloc(BYTES));
  } catch (error) {
    errnoOf(error);
  }
}

/** Whether it is there: without it, little may be written at a time. */
export function hasReserve(folder: string, { fs }: SpoolSurroundings): boolean {
  try {
    return fs.statSync(join(folder, FILES.reserve)).size > 0;
  } catch (error) {
    errnoOf(error);
    return false;
  }
}

/** Does the work; when the disk is full, gives up the reserve and does it once more. Throws what the work throws. */
export function withReserve<T>(folder: string, around: SpoolSurroundings, work: () => T): T {
  try {
    return work();
  } catch (error) {
    giveUp(folder, around, error);
    return work();
  }
}

/** The same for work that waits. */
export async function withReserveAsync<T>(
  folder: string,
  around: SpoolSurroundings,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    giveUp(folder, around, error);
    return work();
  }
}

/** Throws the error when it is not that the disk is full, or there is nothing to give up. */
function giveUp(folder: string, { fs }: SpoolSurroundings, error: unknown): void {
  if (!FULL.has((error instanceof Failure ? error.code : undefined) ?? errnoOf(error))) throw error;
  try {
    fs.unlinkSync(join(folder, FILES.reserve));
    syncFolder(fs, folder);
  } catch (problem) {
    errnoOf(problem);
    throw error;
  }
}
