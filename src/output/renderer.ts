/** What a compiled format is made of: small functions that each put their part of a message into the output. */
import type { PublishPacket } from '../mqtt/types.ts';
import type { WallTime } from '../runtime/io.ts';
import type { OutputWriter } from './writer.ts';

/** Puts a message, printed at this moment. */
export type Renderer = (output: OutputWriter, packet: PublishPacket, at: WallTime) => void;

export interface FormatOptions {
  /** `--pretty`: indents the JSON of %j and %J. */
  readonly pretty: boolean;
  /** A line end after each message; not with `-N`. */
  readonly newline: boolean;
  /** That end is NUL instead of LF (`-0`). */
  readonly nul?: boolean;
  /** Takes a line, with its end, about a message that cannot be printed as asked for. */
  warn(line: string): void;
}

/** What stands between the `%` and the letter. */
export interface Spec {
  /** `-`: padded on the right. */
  readonly left: boolean;
  /** `0`: padded with zeros. */
  readonly zero: boolean;
  /** 0 when not given. */
  readonly width: number;
  /** 0 for a `.` alone. */
  readonly precision: number | undefined;
  /** The byte between groups of hexadecimal digits. */
  readonly separator: number | undefined;
}

/** Remembers what was made last: messages in a row mostly have the same topic, length and so on. */
export function lastOnly<K, V>(make: (key: K) => V): (key: K) => V {
  let last: { readonly key: K; readonly value: V } | undefined;
  return (key) => {
    if (last === undefined || last.key !== key) last = { key, value: make(key) };
    return last.value;
  };
}

/** How many different keys remembered() keeps. */
const REMEMBERED = 1024;

/** Remembers what was made of the last many keys: topics come again, but not one after the other. */
export function remembered<V>(make: (key: string) => V): (key: string) => V {
  const known = new Map<string, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      // Rare enough, and cheaper than keeping track of what was used last.
      if (known.size === REMEMBERED) known.clear();
      value = make(key);
      known.set(key, value);
    }
    return value;
  };
}
