/** Standard output that takes nothing more, or not all: what is said of it, and the exit status. */
import { FAILURES } from '../../errors.ts';
import { reasonOf } from '../../util/errno.ts';
import type { Run } from '../run.ts';

/** Exit status of a program whose reader has gone: 128 + SIGPIPE. */
export const READER_GONE = 141;

/**
 * Says that standard output takes nothing more, and returns the exit status. A reader who left is not worth a line:
 * `tssub … | head -1` ends quietly, like any program in a pipe, but not with success.
 */
export function outputBroke(errno: string, run: Pick<Run, 'warn'>): number {
  if (errno === 'EPIPE') return READER_GONE;
  run.warn(`Error: Standard output cannot be written: ${reasonOf(errno)}\n`);
  return FAILURES.file.status;
}

/** Says what the end of the program has cut off, when its reader did not come: a run that had gone well has not. */
export function outputWasCutOff(messages: number, run: Run): void {
  const what = messages === 1 ? 'message' : `${messages} messages`;
  if (messages > 0) run.warn(`Warning: Standard output did not take all of the last ${what}.\n`);
  run.status ||= READER_GONE;
}
