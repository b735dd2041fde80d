/** How one changing line at the bottom of a terminal is shown and erased. */
import type { StatusLine } from './io.ts';

/** Moves to the start of the line and erases it. */
const ERASE = '\r\x1b[K';

/** `print` is for all other text on the terminal: it erases the line first. Nothing is shown while `isBehind`. */
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
        // The text would be outdated when a stopped terminal shows it.
        if (isBehind()) return;
        // A line that reaches the last column would wrap into the next row, which is not erased.
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
