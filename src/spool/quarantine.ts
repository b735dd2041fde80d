/** What cannot be read is kept beside the rest, for somebody to look at, and said. */
import { join } from 'node:path';
import { errnoOf, syncFolder, writeNewFile } from '../runtime/files.ts';
import { filing, type SpoolSurroundings } from './folder.ts';

/** A copy of these bytes of a file of the spool, on the disk. Reports it, the first time. Throws a Failure. */
export function setAside(
  folder: string,
  around: SpoolSurroundings,
  file: string,
  offset: number,
  bytes: Uint8Array,
): void {
  const path = join(folder, `damaged-${file}-${offset}`);
  filing(`The spool ${folder} cannot be written`, () => {
    try {
      writeNewFile(around.fs, path, bytes);
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return;
      throw error;
    }
    syncFolder(around.fs, folder);
    around.report(
      `${join(folder, file)} is damaged: ${bytes.length} bytes from ${offset} on cannot be read; they are set aside in ${path}`,
    );
  });
}
