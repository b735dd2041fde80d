/** The size of the terminal that standard output is, now and later. Nothing is written by way of this. */
import { isTerminal } from './color.ts';
import type { ScreenSize } from './io.ts';

/** What most terminals have when they do not say. */
const USUAL: ScreenSize = { rows: 24, columns: 80 };

export function screenSize(resized: (size: ScreenSize) => void): ScreenSize | undefined {
  if (!isTerminal(1)) return undefined;
  const { stdout } = process;
  // A terminal without a size says 0.
  const size = (): ScreenSize => ({ rows: stdout.rows || USUAL.rows, columns: stdout.columns || USUAL.columns });
  stdout.on('resize', () => resized(size()));
  return size();
}
