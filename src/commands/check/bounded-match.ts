/** A regular expression with a time limit: a payload of others can make an expression of ours run without end. */
import { Script } from 'node:vm';
import type { Millis } from '../../util/millis.ts';

const LIMIT: Millis = 1000;
const TIMED_OUT = 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/** `test` returns undefined when it takes longer. */
export function boundedMatch(pattern: RegExp, timeout: Millis = LIMIT) {
  const script = new Script('pattern.test(text)');
  return {
    source: pattern.source,
    test(text: string): boolean | undefined {
      try {
        return script.runInNewContext({ pattern, text }, { timeout }) as boolean;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === TIMED_OUT) return undefined;
        throw error;
      }
    },
  };
}
