/** What a terminal gets beside the text that everybody gets: colours, and a line that shows how far the work is. */
import { type ColorWhen, wantsColor } from '../../runtime/color.ts';
import type { Io } from '../../runtime/io.ts';
import { statusLine } from '../../runtime/status-line.ts';
import { escapedLines } from '../../util/printable.ts';

/** The same io where neither stream is a terminal and no colours are asked for, but for what its standard error lets through. */
export async function terminalIo<I extends Io>(io: I, when: ColorWhen, safely = escapedLines): Promise<I> {
  const onOutput = wantsColor(when, io.env, () => io.isTerminal(1));
  const seen = io.isTerminal(2);
  const onErrors = wantsColor(when, io.env, () => seen);
  const { paint, paintMessage } = onOutput || onErrors ? await import('../../output/paint.ts') : NO_COLORS;
  const status = seen ? statusLine(io.stderr, io.columns, io.stderrIsBehind) : undefined;
  const print = status?.print ?? io.stderr;
  return {
    ...io,
    ...(status && { statusLine: status.line }),
    ...(onOutput && { paint }),
    stderr: (text) => {
      if (typeof text === 'string') {
        // Whatever of a line came from the network or a file, it does not steer a terminal, now or when a log is read.
        const shown = safely(text);
        return print(onErrors ? paintMessage(shown) : shown);
      }
      status?.line.erase();
      io.stderr(text);
    },
  };
}

const NO_COLORS = { paint: undefined, paintMessage: String };
