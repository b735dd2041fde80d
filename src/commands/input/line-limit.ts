/** How long a line of standard input may be: one that has no end must not fill the memory. */
import { FAILURES, Failure } from '../../errors.ts';
import { MAX_REMAINING_LENGTH } from '../../mqtt/types.ts';
import type { LineSplitter } from './line-splitter.ts';

/** Room for a payload, with a topic before it. That a message is too long for a packet is found when it is made. */
export const LONGEST_LINE = MAX_REMAINING_LENGTH;

/** Room for the longest payload in Base64. The engine makes no text of more than 512 MiB. */
export const LONGEST_JSON_LINE = 384 * 1024 * 1024;

/** To be called when all complete lines are taken. Throws a Failure when the next one is too long; it is forgotten then. */
export function mustEnd(lines: LineSplitter, longest: number, nul = false): void {
  if (lines.begun <= longest) return;
  lines.forget();
  const [what, end] = nul ? ['Record', 'a NUL'] : ['Line', 'a newline'];
  throw new Failure('file', {
    message: `${what} ${lines.count + 1} of standard input is longer than ${longest} bytes: end each message with ${end}, or send it in parts.`,
    status: FAILURES['invalid-input'].status,
  });
}
