import type { ColorWhen } from '../runtime/color.ts';

/** What `--color` takes. */
export const COLORS: readonly ColorWhen[] = ['auto', 'always', 'never'];

const known = (value: string | undefined): ColorWhen | undefined => COLORS.find((color) => color === value);

export const isColor = (value: string): boolean => known(value) !== undefined;

/** What `--color` says, up to the first fault in the words: the fault is told by whoever reads them for good. */
export function colorGiven<Name extends string>(scan: (given: Map<Name | '--color', string>) => unknown): ColorWhen {
  const given = new Map<Name | '--color', string>();
  try {
    scan(given);
  } catch {
    // As above.
  }
  return known(given.get('--color')) ?? 'auto';
}
