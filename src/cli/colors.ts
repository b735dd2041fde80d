import type { ColorWhen } from '../runtime/color.ts';

/** What `--color` takes. */
export const COLORS: readonly ColorWhen[] = ['auto', 'always', 'never'];
