/** What a terminal gets besides the plain text: colors, and a progress line. */
import { type ColorWhen, wantsColor } from '../../runtime/color.ts';
import type { Io } from '../../runtime/io.ts';
import { statusLine } from '../../runtime/status-line.ts';
import { escapedLines } from '../../util/printable.ts';

/** Returns the same io when neither stream is a terminal and no color is requested, except for `safely` on standard error. */
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
        // Text from the network or a file must not control a terminal, now or when a log is read.
        const shown = safely(text);
        return print(onErrors ? paintMessage(shown) : shown);
      }
      status?.line.erase();
      io.stderr(text);
    },
  };
}

const NO_COLORS = { paint: undefined, paintMessage: String };
