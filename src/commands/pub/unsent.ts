/**
 * The file of `--unsent`: what was not delivered, one record after the other, to be fed to `tspub -l` again. It is made
 * when there is something to put into it, with mode 0600, and what stands in it is never overwritten: a file that is not
 * empty is refused before anything is connected. Records go straight into it, so what a kill leaves is there.
 */
import { constants } from 'node:fs';
import { dirname } from 'node:path';
import type { PubPlan } from '../../cli/plan/types.ts';
import { Failure } from '../../errors.ts';
import { errnoOf, type FileSystem, systemFiles } from '../../runtime/files.ts';
import { reasonOf } from '../../util/errno.ts';
import { looseModeWarning } from '../../util/phrases.ts';

/** How records end, and so how they are fed again. `whole`: one that has both LF and NUL in it stands alone. */
export type UnsentForm = 'lines' | 'nul' | 'whole';

const ENDS = { lines: 0x0a, nul: 0, whole: undefined } as const satisfies Record<UnsentForm, number | undefined>;

/** The form for a run with one message; with `-l` the input says it. */
export function formFor(payload: Uint8Array): UnsentForm {
  if (!payload.includes(ENDS.lines)) return 'lines';
  return payload.includes(ENDS.nul) ? 'whole' : 'nul';
}

/** How records of standard input are fed again. */
const FEEDS = { payloads: '-l', topics: '-l --topic-from-line', json: '--json-lines' } as const;

/** The file for a run. `payload` is the one message; undefined with records. Throws as the constructor does. */
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
  /** Bytes and records that stand in the file. */
  #bytes = 0;
  #kept = 0;
  #put = 0;
  #problem: string | undefined;
  /** The line to print before anything is put into it. */
  readonly warning: string | undefined;

  /**
   * Nothing is made yet. `feed`: the options that read such lines or records again. Throws a Failure when the file cannot be
   * made, or has something in it.
   */
  constructor(path: string, form: UnsentForm, system: FileSystem, feed = '-l') {
    this.#path = path;
    this.#form = form;
    this.#feed = form === 'whole' ? '-f' : form === 'nul' ? `${feed} -0` : feed;
    this.#system = system;
    this.warning = looseModeWarning('file of --unsent', path, this.#mode());
  }

  /** Records in the file, those that wait for flush() included. */
  get count(): number {
    return this.#problem === undefined ? this.#put : this.#kept;
  }

  /** Takes a record; it stands in the file after flush() at the latest. Long records must not change before. */
  put(record: Uint8Array): void {
    // The same message again and again needs to be there once.
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

  /** Makes it last, and returns the line to print: undefined when there was nothing to keep. */
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

  /** What was written of the block goes again: half a record is another record. */
  #fail(error: unknown): void {
    this.#problem = reasonOf(errnoOf(error));
    if (this.#fd === undefined) return;
    try {
      this.#system.ftruncateSync(this.#fd, this.#bytes);
    } catch {
      // The message says that the file is not whole.
    }
  }

  /** The permissions, when it is there already. */
  #mode(): number | undefined {
    const refuse = (reason: string): never => {
      throw new Failure('file', { message: `Unable to use file "${this.#path}" for --unsent: ${reason}.` });
    };
    let fd: number;
    try {
      // Not to wait for the reader of a named pipe.
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
    if (stat.size > 0) refuse('it has something in it. Send that first, or name another file');
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
