/**
 * `--ready` and `--ready-fd`: write one line, once, when every subscription is granted. A file appears whole or not at
 * all. A named pipe is opened when it has a reader, and held until then, so a reader gets the line, or end-of-file when
 * this program ends before it was ready.
 */

import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import type { ReadyPlan } from '../../cli/plan/types.ts';
import { Failure } from '../../errors.ts';
import { errnoOf, type FileSystem, removeFile, systemFiles, withOpen } from '../../runtime/files.ts';
import { notWritable } from '../../runtime/handed-down.ts';
import type { Io } from '../../runtime/io.ts';
import { openedAgain } from '../../runtime/open-again.ts';
import { sendAgain } from '../../runtime/processes.ts';
import { reasonOf } from '../../util/errno.ts';
import type { Millis } from '../../util/millis.ts';

const LINE = Buffer.from('ready\n');

/** Times between two attempts on a pipe without a reader or room: the first, and the longest after doubling. */
const FIRST_LOOK: Millis = 10;
const LONGEST_LOOK: Millis = 250;

/** The reader is gone or has not opened the pipe yet, which does not affect the subscriptions. */
const NO_READER: ReadonlySet<string> = new Set(['ENXIO', 'EPIPE', 'ECONNRESET']);

type ReadyIo = Pick<Io, 'clock' | 'onSignal'>;
type Failed = (failure: Failure) => void;
/** Writes the line, now or later. Returns a function that removes the created file, if there is one. */
type Announce = (failed: Failed) => (() => void) | undefined;

export class Ready {
  readonly #places: Announce[] = [];
  /** Removes the created file. */
  #remove: () => void = () => {};

  /** Removes the file of an earlier run. Throws a Failure when a place cannot be used. */
  constructor({ file, fd }: ReadyPlan, io: ReadyIo, system: FileSystem = systemFiles) {
    if (fd !== undefined) this.#places.push(descriptor(fd, io, system));
    if (file !== undefined) this.#places.push(fileOrPipe(file, io, system));
  }

  /** Call this at least once; it calls `failed`, at once or later, when the line cannot be written. */
  announce(failed: Failed): void {
    for (const announce of this.#places.splice(0)) this.#remove = announce(failed) ?? this.#remove;
  }

  /** The run is over: its file must not signal readiness for the next run. */
  end(): void {
    this.#remove();
  }
}

function fileOrPipe(path: string, io: ReadyIo, system: FileSystem): Announce {
  const refuse = (reason: string): never => {
    throw new Failure('file', { message: `Unable to use file "${path}" for --ready: ${reason}.` });
  };
  if (path === '') refuse('the name is empty');
  const kind = kindOf(path, system, refuse);
  if (kind === 'waits') {
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    const open = (): number => system.openSync(path, O_WRONLY | O_NONBLOCK | O_NOCTTY);
    return lineInto({ name: path, open, readerComesBack: true }, io, system);
  }
  try {
    system.accessSync(dirname(path), constants.W_OK | constants.X_OK);
    if (kind === 'file') system.unlinkSync(path);
  } catch (error) {
    refuse(reasonOf(errnoOf(error)));
  }
  return (failed) => {
    const stat = create(path, system, failed);
    return stat && removing(path, stat, io, system);
  };
}

/** `waits`: a pipe or a device. Only a file that --ready may have created is ever removed. */
function kindOf(path: string, system: FileSystem, refuse: (reason: string) => never): 'none' | 'file' | 'waits' {
  try {
    const isLink = system.lstatSync(path).isSymbolicLink();
    const stat = system.statSync(path);
    if (stat.isFIFO() || stat.isCharacterDevice()) return 'waits';
    if (isLink) return refuse('it is a symbolic link');
    if (!stat.isFile()) return refuse('it is not a file');
    if (stat.size > LINE.length || (stat.size > 0 && !system.readFileSync(path).equals(LINE)))
      return refuse('it has other content');
    return 'file';
  } catch (error) {
    if (error instanceof Failure) throw error;
    const errno = errnoOf(error);
    return errno === 'ENOENT' ? 'none' : refuse(reasonOf(errno));
  }
}

function create(path: string, system: FileSystem, failed: Failed): Stats | undefined {
  const temporary = `${path}.${randomUUID()}`;
  let isMade = false;
  try {
    const fd = system.openSync(temporary, 'wx', 0o666);
    isMade = true;
    const stat = withOpen(system, fd, () => {
      system.writeSync(fd, LINE);
      return system.fstatSync(fd);
    });
    system.renameSync(temporary, path);
    return stat;
  } catch (error) {
    if (isMade) removeFile(system, temporary);
    failed(unwritten(path, errnoOf(error)));
    return undefined;
  }
}

/** Signals that no other code handles, and that would end the process without removing the file. */
const DEADLY = ['SIGHUP', 'SIGQUIT'] as const;

/** Returns a function that removes the file, unless another process has written to it or replaced it. */
function removing(path: string, made: Stats, { onSignal }: ReadyIo, system: FileSystem): () => void {
  const remove = (): void => {
    for (const unheard of listening.splice(0)) unheard();
    try {
      const { dev, ino, mtimeMs } = system.lstatSync(path);
      if (dev === made.dev && ino === made.ino && mtimeMs === made.mtimeMs) system.unlinkSync(path);
    } catch (error) {
      errnoOf(error);
    }
  };
  const listening = DEADLY.map((signal) =>
    onSignal(signal, () => {
      remove();
      sendAgain(signal);
    }),
  );
  return remove;
}

const unwritten = (name: string, errno: string): Failure =>
  new Failure('file', { message: `Unable to write to ${name} for --ready: ${reasonOf(errno)}.` });

function descriptor(fd: number, io: ReadyIo, system: FileSystem): Announce {
  const reason = notWritable(fd);
  if (reason !== undefined)
    throw new Failure('file', { message: `Unable to use descriptor ${fd} for --ready-fd: ${reason}.` });
  // Opened again, because all processes with this pipe share its flags.
  const open = (): number => {
    const again = openedAgain(fd, constants.O_WRONLY);
    if (again === undefined) return fd;
    system.closeSync(fd);
    return again;
  };
  return lineInto({ name: `descriptor ${fd}`, open, readerComesBack: false }, io, system);
}

interface Reading {
  readonly name: string;
  /** Opens without waiting. */
  readonly open: () => number;
  readonly readerComesBack: boolean;
}

/** Tries for a time to open a pipe that may lack a reader or room; writes the line on request. */
function lineInto({ name, open, readerComesBack }: Reading, { clock }: ReadyIo, system: FileSystem): Announce {
  let fd: number | undefined;
  let failed: Failed | undefined;
  let isLooking = false;
  const look = (wait: Millis): void => {
    isLooking = false;
    try {
      fd ??= open();
      if (failed === undefined) return;
      system.writeSync(fd, LINE);
      system.closeSync(fd);
    } catch (error) {
      const errno = errnoOf(error);
      const isGone = NO_READER.has(errno);
      if (isGone && !readerComesBack) return;
      if (!isGone && errno !== 'EAGAIN' && failed !== undefined) return failed(unwritten(name, errno));
      if (isGone && fd !== undefined) {
        system.closeSync(fd);
        fd = undefined;
      }
      isLooking = true;
      clock.callAt(clock.now() + wait, () => look(Math.min(2 * wait, LONGEST_LOOK)));
    }
  };
  look(FIRST_LOOK);
  return (call) => {
    failed = call;
    if (!isLooking) look(FIRST_LOOK);
    return undefined;
  };
}
