/** Whether a stream is to have colours. */
import type { Environment } from './io.ts';

export type ColorWhen = 'auto' | 'always' | 'never';

/**
 * `--color` decides; left to us, the variables FORCE_COLOR (anything but 0 and false) and NO_COLOR (anything) do, in this
 * order, and then whether there is a terminal that knows colours.
 */
export function wantsColor(when: ColorWhen, env: Environment, terminal: () => boolean): boolean {
  if (when !== 'auto') return when === 'always';
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false;
  return terminal();
}
