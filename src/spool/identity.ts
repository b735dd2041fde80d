/** Who owns the directory, and under which client ID its messages are sent. Only the owner has access to its files. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf, ifNew, withOpen } from '../runtime/files.ts';
import { reasonOf } from '../util/errno.ts';
import { printable } from '../util/printable.ts';
import { FILES, type SpoolFolder, spoolFailure } from './folder.ts';

const FIRST_LINE = 'tsmosq spool 1';
/** The client ID has as many characters as every broker must accept [MQTT-3.1.3-5]. */
const CLIENT_ID_PREFIX = 'tsspool';
const CLIENT_ID_LETTERS = 16;

/** Creates the directory when it is missing and `make` is set. Throws a Failure when it is unusable or has another owner. */
export function openFolder(folder: SpoolFolder, make: boolean): void {
  const { fs, path, system } = folder;
  folder.orFail('cannot be opened', () => {
    const made = make && ifNew(() => makeFolder(folder));
    // Avoids waiting for the writer of a named pipe.
    const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
    withOpen(fs, fs.openSync(path, flags), (fd) => {
      const stat = fs.fstatSync(fd);
      if (!stat.isDirectory()) throw spoolFailure(`The spool ${path} is not a directory`, 'ENOTDIR');
      if (system.user !== undefined && stat.uid !== system.user)
        throw spoolFailure(
          `The spool ${path} belongs to another user (number ${stat.uid})`,
          'EPERM',
          'Run the command as that user, or use another directory.',
        );
      // A directory may inherit permissions from its parent.
      if (made) fs.fchmodSync(fd, 0o700);
    });
  });
}

/** Creates the directory, but not those above it: a wrong path must not begin another spool. */
function makeFolder({ fs, path }: SpoolFolder): void {
  try {
    fs.mkdirSync(path, 0o700);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    const message = `The spool ${path} cannot be opened: ${reasonOf('ENOENT')}`;
    throw spoolFailure(message, 'ENOENT', `Create the directory '${dirname(path)}' first.`);
  }
}

/** Removes other users' permissions on our directory. Call this only after it is known to be a spool. */
export function closeToOthers(folder: SpoolFolder): void {
  const { fs, path, system } = folder;
  folder.orFail('cannot be opened', () => {
    withOpen(fs, fs.openSync(path, 'r'), (fd) => {
      if ((fs.fstatSync(fd).mode & 0o077) === 0) return;
      try {
        fs.fchmodSync(fd, 0o700);
      } catch (error) {
        // Reading a spool on a read-only file system (a backup, a snapshot) is possible all the same.
        if (errnoOf(error) !== 'EROFS') throw error;
        system.report(`The spool ${path} is open to other users, on a read-only file system`);
        return;
      }
      system.report(`The spool ${path} was open to other users; now it is not`);
    });
  });
}

/** The permanent client ID of the spool; undefined when there is none yet. Throws a Failure. */
export function clientIdOf(folder: SpoolFolder): string | undefined {
  const text = folder.orFail('cannot be read', () => folder.readIfThere(FILES.identity)?.toString());
  if (text === undefined) {
    refuseOtherFiles(folder);
    return undefined;
  }
  const [first, second] = text.split('\n');
  if (first?.startsWith('tsmosq spool ') && first !== FIRST_LINE)
    throw spoolFailure(`The spool ${folder.path} was made by a newer version: "${printable(first)}"`);
  const clientId = /^client ([\w-]{1,65535})$/.exec(second ?? '')?.[1];
  if (first !== FIRST_LINE || clientId === undefined)
    throw spoolFailure(
      `The file ${folder.file(FILES.identity)} is damaged: it must have the lines "${FIRST_LINE}" and "client IDENTIFIER"`,
      'EIO',
      'Remove that file while no command uses the spool, to send what waits under a new client ID.',
    );
  return clientId;
}

/** Rejects a directory with files that no spool made, because its name is probably a mistake. */
function refuseOtherFiles(folder: SpoolFolder): void {
  const other = folder.names().find((name) => !folder.isOurs(name));
  if (other !== undefined)
    throw spoolFailure(`${folder.path} is not a spool: it has other files in it (${printable(other)})`, 'ENOTEMPTY');
}

/** Makes a client ID; returns false when another process was faster, whose client ID then counts. Throws a Failure. */
export function makeClientId(folder: SpoolFolder): boolean {
  const letters = [...randomBytes(CLIENT_ID_LETTERS)].map((byte) => (byte % 36).toString(36)).join('');
  const content = Buffer.from(`${FIRST_LINE}\nclient ${CLIENT_ID_PREFIX}${letters}\n`);
  return folder.orFail('cannot be set up', () =>
    folder.createOnce(FILES.identity, `${FILES.identity}.${letters}`, content),
  );
}
