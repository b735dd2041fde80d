/** Which of the standard streams are terminals, and how large those are. */
import { fstatSync } from 'node:fs';
import type { ScreenSize } from './io.ts';

/** Loaded only for a possible terminal, so that a run in a script does not pay for it. */
const tty = () => process.getBuiltinModule('node:tty');

export function isTerminal(fd: 0 | 1 | 2): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && tty().isatty(fd);
  } catch {
    return false;
  }
}

/** The usual size of a terminal, if it does not report one. */
const USUAL: ScreenSize = { rows: 24, columns: 80 };

const STDERR = 2;

/** Cached until the terminal changes its size. */
let columns: number | undefined;

/** The current width of the terminal of standard error. */
export function stderrColumns(): number {
  columns ??= askColumns();
  return columns;
}

/** Asks once: each tty stream opens a descriptor, which nothing closes. */
function askColumns(): number {
  try {
    const asked = new (tty().WriteStream)(STDERR).columns || USUAL.columns;
    process.once('SIGWINCH', () => {
      columns = undefined;
    });
    return asked;
  } catch {
    return USUAL.columns;
  }
}

/** The size of the terminal of standard output; calls back when the size changes. */
export function screenSize(resized: (size: ScreenSize) => void): ScreenSize | undefined {
  if (!isTerminal(1)) return undefined;
  const { stdout } = process;
  // A terminal without a size reports 0.
  const size = (): ScreenSize => ({ rows: stdout.rows || USUAL.rows, columns: stdout.columns || USUAL.columns });
  stdout.on('resize', () => resized(size()));
  return size();
}
