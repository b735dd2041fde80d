/** Reads an age or a span of time as people write it. */
import { TIME_UNITS, type TimeUnit } from '../../util/time-units.ts';
import { usage } from '../complaint.ts';
import type { Kind } from './kinds.ts';

/** Milliseconds, from a whole number and a unit (`90s`, `15m`, `2h`, `7d`, `1w`); undefined for any other text. */
export function readAge(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,9})(|s|m|min|h|d|w)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * TIME_UNITS[(unit || 's') as TimeUnit];
}

/** An age in milliseconds. */
export function age(): Kind<number> {
  return {
    type: 'text',
    read(word, option) {
      const found = readAge(word.text);
      if (found === undefined)
        throw usage(
          `Error: ${option} '${word.text}' is not an age: use a whole number and s, m, h, d or w, such as 15m.`,
        );
      return found;
    },
  };
}
