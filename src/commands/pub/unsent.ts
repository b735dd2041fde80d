/**
 * The file of `--unsent`: undelivered records one after the other, which `tspub -l` can read again. It is created with
 * mode 0600 when there is something to store, and its contents are never overwritten: a file that is not empty is
 * rejected before connecting. Records are written at once, so a killed process leaves them in the file.
 */
import { constants } from 'node:fs';
import { dirname } from 'node:path';
import type { PubPlan } from '../../cli/plan/types.ts';
import { Failure } from '../../errors.ts';
import { errnoOf, type FileSystem, systemFiles } from '../../runtime/files.ts';
import { reasonOf } from '../../util/errno.ts';
import { looseModeWarning } from '../../util/phrases.ts';

/** What ends each record, and so how to read the file again. `whole`: a single record that contains both LF and NUL. */
export type UnsentForm = 'lines' | 'nul' | 'whole';

const ENDS = { lines: 0x0a, nul: 0, whole: undefined } as const satisfies Record<UnsentForm, number | undefined>;

/** Chooses the form for a single message; with `-l` the form of the input decides. */
export function formFor(payload: Uint8Array): UnsentForm {
  if (!payload.includes(ENDS.lines)) return 'lines';
  return payload.includes(ENDS.nul) ? 'whole' : 'nul';
}

/** Options that read the records again, by their kind. */
const FEEDS = { payloads: '-l', topics: '-l --topic-from-line', json: '--json-lines' } as const;

/** Makes the file of a run. `payload` is the single message; undefined with records. Throws as the constructor does. */
export function unsentFile(
  path: string,
  { nul, records }: Pick<PubPlan, 'nul' | 'records'>,
  payload: Uint8Array | undefined,
): UnsentFile {
  if (payload !== undefined) return new UnsentFile(path, formFor(payload), systemFiles);
  return new UnsentFile(path, nul ? 'nul' : 'lines', systemFiles, FEEDS[records?.kind ?? 'payloads']);
}

const BLOCK_BYTES = 64 * 1024;
const MODE = 0o600;

export class UnsentFile {
  readonly #system: FileSystem;
  readonly #path: string;
  readonly #form: UnsentForm;
  readonly #feed: string;
  #fd: number | undefined;
  #block: Uint8Array[] = [];
  #blockBytes = 0;
  /** Bytes and records in the file. */
  #bytes = 0;
  #kept = 0;
  #put = 0;
  #problem: string | undefined;
  /** The line to print before anything is stored. */
  readonly warning: string | undefined;

  /**
   * Creates no file yet. `feed`: the options that read the records again. Throws a Failure when the file cannot be
   * created or is not empty.
   */
  constructor(path: string, form: UnsentForm, system: FileSystem, feed = '-l') {
    this.#path = path;
    this.#form = form;
    this.#feed = form === 'whole' ? '-f' : form === 'nul' ? `${feed} -0` : feed;
    this.#system = system;
    this.warning = looseModeWarning('file of --unsent', path, this.#mode());
  }

  /** Records in the file, including those that wait for flush(). */
  get count(): number {
    return this.#problem === undefined ? this.#put : this.#kept;
  }

  /** Stores a record; flush() writes it at the latest. A long record must not change before that. */
  put(record: Uint8Array): void {
    // A message repeated many times is stored once.
    if (this.#form === 'whole' && this.#put > 0) return;
    this.#put++;
    if (this.#problem !== undefined) return;
    const end = ENDS[this.#form];
    this.#block.push(record);
    if (end !== undefined) this.#block.push(Uint8Array.of(end));
    this.#blockBytes += record.length + 1;
    if (this.#blockBytes >= BLOCK_BYTES) this.flush();
  }

  flush(): void {
    if (this.#problem !== undefined || this.#block.length === 0) return;
    const block = Buffer.concat(this.#block);
    this.#block = [];
    this.#blockBytes = 0;
    try {
      const { O_WRONLY, O_APPEND, O_CREAT } = constants;
      this.#fd ??= this.#system.openSync(this.#path, O_WRONLY | O_APPEND | O_CREAT, MODE);
      for (let at = 0; at < block.length; ) at += this.#system.writeSync(this.#fd, block, at, block.length - at);
      this.#bytes += block.length;
      this.#kept = this.#put;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Makes the last write, and returns the line to print; undefined when nothing was stored. */
  finish(): { readonly text: string; readonly complete: boolean } | undefined {
    this.flush();
    if (this.#put === 0) return undefined;
    try {
      if (this.#fd !== undefined) {
        this.#system.fsyncSync(this.#fd);
        this.#system.closeSync(this.#fd);
      }
    } catch (error) {
      this.#problem ??= reasonOf(errnoOf(error));
    }
    if (this.#problem === undefined) {
      const what = this.#put === 1 ? 'message was not delivered: it is' : 'messages were not delivered: they are';
      const text = `Warning: ${this.#put} ${what} in ${this.#path} (send with ${this.#feed}).`;
      return { text, complete: true };
    }
    const lost = this.#put - this.#kept;
    const text = `Error: Unable to write file "${this.#path}": ${this.#problem}. ${lost} of ${this.#put} undelivered messages are not in it.`;
    return { text, complete: false };
  }

  /** Removes the partly written block, because half a record is another record. */
  #fail(error: unknown): void {
    this.#problem = reasonOf(errnoOf(error));
    if (this.#fd === undefined) return;
    try {
      this.#system.ftruncateSync(this.#fd, this.#bytes);
    } catch {
      // The message reports that the file is incomplete.
    }
  }

  /** Permissions of the file, if it exists. */
  #mode(): number | undefined {
    const refuse = (reason: string): never => {
      throw new Failure('file', { message: `Unable to use file "${this.#path}" for --unsent: ${reason}.` });
    };
    let fd: number;
    try {
      // Avoids waiting for the reader of a named pipe.
      fd = this.#system.openSync(this.#path, constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno !== 'ENOENT') return refuse(reasonOf(errno));
      this.#checkFolder(refuse);
      return undefined;
    }
    const stat = this.#system.fstatSync(fd);
    this.#system.closeSync(fd);
    if (!stat.isFile()) refuse('it is not a regular file');
    if (stat.size > 0) refuse('it is not empty. Send its messages first, or use another file');
    return stat.mode;
  }

  #checkFolder(refuse: (reason: string) => never): void {
    try {
      this.#system.accessSync(dirname(this.#path), constants.W_OK | constants.X_OK);
    } catch (error) {
      refuse(reasonOf(errnoOf(error)));
    }
  }
}
