/** Whether a stream gets colors. */
import type { Environment } from './io.ts';

export type ColorWhen = 'auto' | 'always' | 'never';

/**
 * `--color` decides. With `auto`, FORCE_COLOR (any value except 0 and false) decides, then NO_COLOR (any value), and
 * then whether the stream is a terminal with colors.
 */
export function wantsColor(when: ColorWhen, env: Environment, terminal: () => boolean): boolean {
  if (when !== 'auto') return when === 'always';
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false;
  return terminal();
}
