/** Prints what to do about a message that the broker rejected. The texts are loaded for it. */
import { hintLine } from '../../util/phrases.ts';
import type { Run } from '../run.ts';
import type { Published } from './summary.ts';

/** `topic`: of the message, if it is known. */
export async function hintOfRejection(
  { code, reason }: Pick<Published, 'code' | 'reason'>,
  run: Pick<Run, 'warn'>,
  topic?: string,
): Promise<void> {
  const { publishAdvice } = await import('../../cli/advice.ts');
  const hint = publishAdvice(code, Boolean(reason), topic);
  if (hint !== undefined) run.warn(hintLine(hint));
}
