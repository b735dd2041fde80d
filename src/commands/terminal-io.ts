/** What a terminal gets beside the text that everybody gets: colours, and a line that shows how far the work is. */
import { type ColorWhen, wantsColor } from '../runtime/color.ts';
import type { Io } from '../runtime/io.ts';
import { statusLine } from '../runtime/status-line.ts';

/** The same io where neither stream is a terminal and no colours are asked for. */
export async function terminalIo<I extends Io>(io: I, when: ColorWhen): Promise<I> {
  const onOutput = wantsColor(when, io.env, () => io.isTerminal(1));
  const seen = io.isTerminal(2);
  const onErrors = wantsColor(when, io.env, () => seen);
  let dressed = io;
  if (seen) {
    const { line, say } = statusLine(io.stderr, io.columns, io.stderrIsBehind);
    const stderr: Io['stderr'] = (text) => {
      if (typeof text === 'string') return say(text);
      line.erase();
      io.stderr(text);
    };
    dressed = { ...dressed, statusLine: line, stderr };
  }
  if (!onOutput && !onErrors) return dressed;
  const { paint, paintMessage } = await import('../output/paint.ts');
  const { stderr } = dressed;
  return {
    ...dressed,
    ...(onOutput ? { paint } : {}),
    ...(onErrors
      ? { stderr: (text: string | Uint8Array) => stderr(typeof text === 'string' ? paintMessage(text) : text) }
      : {}),
  };
}
