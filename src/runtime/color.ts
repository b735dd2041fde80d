/** Whether a stream is a terminal, and whether it is to have colours. */
import { fstatSync } from 'node:fs';

export type ColorWhen = 'auto' | 'always' | 'never';

/** Loaded for what may be a terminal, and not by a run in a script. */
const tty = () => process.getBuiltinModule('node:tty');

export function isTerminal(fd: 0 | 1 | 2): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && tty().isatty(fd);
  } catch {
    return false;
  }
}

/**
 * `--color` decides; left to us, the variables FORCE_COLOR (anything but 0 and false) and NO_COLOR (anything) do, in this
 * order, and then whether there is a terminal that knows colours.
 */
export function wantsColor(
  when: ColorWhen,
  env: Readonly<Record<string, string | undefined>>,
  terminal: () => boolean,
): boolean {
  if (when !== 'auto') return when === 'always';
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false;
  return terminal();
}

/** Of the terminal, until it gets another size. */
let columns: number | undefined;

/** How many columns the terminal has now; what most have when it does not say. */
export function columnsOf(fd: 2): number {
  columns ??= askColumns(fd);
  return columns;
}

/** Each stream of a terminal has a descriptor of its own, and nothing closes that. */
function askColumns(fd: 2): number {
  try {
    const asked = new (tty().WriteStream)(fd).columns || 80;
    process.once('SIGWINCH', () => {
      columns = undefined;
    });
    return asked;
  } catch {
    return 80;
  }
}
