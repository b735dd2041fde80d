/** Which of the standard streams are terminals, and how large they are. Nothing is written by way of this. */
import { fstatSync } from 'node:fs';
import type { ScreenSize } from './io.ts';

/** Loaded for what may be a terminal, and not by a run in a script. */
const tty = () => process.getBuiltinModule('node:tty');

export function isTerminal(fd: 0 | 1 | 2): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && tty().isatty(fd);
  } catch {
    return false;
  }
}

/** What most terminals have when they do not say. */
const USUAL: ScreenSize = { rows: 24, columns: 80 };

const STDERR = 2;

/** Until that terminal gets another size. */
let columns: number | undefined;

/** How many columns the terminal that standard error is has now. */
export function stderrColumns(): number {
  columns ??= askColumns();
  return columns;
}

/** Each stream of a terminal has a descriptor of its own, and nothing closes that. */
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

/** The size of the terminal that standard output is, now and later. */
export function screenSize(resized: (size: ScreenSize) => void): ScreenSize | undefined {
  if (!isTerminal(1)) return undefined;
  const { stdout } = process;
  // A terminal without a size says 0.
  const size = (): ScreenSize => ({ rows: stdout.rows || USUAL.rows, columns: stdout.columns || USUAL.columns });
  stdout.on('resize', () => resized(size()));
  return size();
}
