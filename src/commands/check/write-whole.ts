/** Replaces a file that others may be reading: writes the new contents to another file in the same folder, then renames it. */
import { Failure } from '../../errors.ts';
import { errnoOf, systemFiles as fs, removeFile, withOpen, writeAll } from '../../runtime/files.ts';
import { reasonOf } from '../../util/errno.ts';

/** `option` names it in the message of the Failure that it throws. */
export function writeWhole(path: string, content: Uint8Array, option: string): void {
  const notWritable = (why: string): Failure =>
    new Failure('file', { message: `Unable to write the ${option} file "${path}": ${why}` });
  // The textfile collector of node_exporter reads every *.prom: this name must not end so.
  const temporary = `${path}.${Math.random().toString(16).slice(2)}.tmp`;
  try {
    const stat = fs.statSync(path, { throwIfNoEntry: false });
    if (stat?.isFIFO() || stat?.isSocket()) throw notWritable('it is a pipe, and nothing may be reading it');
    // A device has no contents to replace.
    if (stat !== undefined && !stat.isFile())
      return withOpen(fs, fs.openSync(path, 'w'), (fd) => void fs.writeSync(fd, content));
    try {
      withOpen(fs, fs.openSync(temporary, 'wx', 0o666), (fd) => {
        if (stat !== undefined) fs.fchmodSync(fd, stat.mode & 0o777);
        writeAll(fs, fd, content);
        fs.fsyncSync(fd);
      });
      fs.renameSync(temporary, path);
    } catch (error) {
      removeFile(fs, temporary);
      throw error;
    }
  } catch (error) {
    throw error instanceof Failure ? error : notWritable(reasonOf(errnoOf(error)));
  }
}
