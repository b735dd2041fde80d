/** Standard output that takes nothing more, or not all: the warning and the exit status. */
import { Failure } from '../../errors.ts';
import { reasonOf } from '../../util/errno.ts';
import type { Run } from '../run.ts';

/** Exit status of a program whose reader has gone: 128 + SIGPIPE. */
export const READER_GONE = 141;

/** Why nothing more can be printed. That the reader has gone needs no words. */
export function printFailure(errno: string): Failure {
  if (errno === 'EPIPE') return new Failure('file', { code: errno, status: READER_GONE, message: '' });
  return new Failure('file', { code: errno, message: `Standard output cannot be written: ${reasonOf(errno)}` });
}

/**
 * Warns that standard output takes nothing more, and returns the exit status. A reader who left is not worth a line:
 * `tssub … | head -1` ends quietly, like any program in a pipe, but not with success.
 */
export function outputBroke(errno: string, run: Pick<Run, 'warn'>): number {
  const { message, status } = printFailure(errno);
  if (message !== '') run.warn(`Error: ${message}\n`);
  return status;
}

/** Warns of what the end of the program has cut off, when its reader did not come: a run that had gone well has not. */
export function outputWasCutOff(messages: number, run: Run): void {
  const what = messages === 1 ? 'message' : `${messages} messages`;
  if (messages > 0) run.warn(`Warning: Standard output did not take all of the last ${what}.\n`);
  run.status ||= READER_GONE;
}
