/** One line at the bottom of a terminal that changes and leaves nothing behind. */
import type { StatusLine } from './io.ts';

/** Back to the beginning of the line, and what stands there away. */
const ERASE = '\r\x1b[K';

/** `print` is for all other text of that terminal: it takes the line away first. Nothing is shown while `isBehind`. */
export function statusLine(
  write: (text: string) => void,
  columns: () => number,
  isBehind: () => boolean = () => false,
): { readonly line: StatusLine; readonly print: (text: string) => void } {
  let shown = false;
  const erase = (): void => {
    if (shown) write(ERASE);
    shown = false;
  };
  return {
    line: {
      show: (text) => {
        // What is true for a moment is not by the time a stopped terminal shows it.
        if (isBehind()) return;
        // A line that fills the last column would go on in the next one, which is not erased.
        write(`${ERASE}${text.slice(0, Math.max(0, columns() - 1))}`);
        shown = true;
      },
      erase,
    },
    print: (text) => {
      erase();
      write(text);
    },
  };
}
