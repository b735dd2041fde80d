/** What a compiled format consists of: small functions that each put one part of a message into the output. */
import type { PublishPacket } from '../mqtt/types.ts';
import type { WallTime } from '../runtime/io.ts';
import type { OutputWriter } from './writer.ts';

/** Puts a part of a message that is printed at the time `at`. */
export type Renderer = (output: OutputWriter, packet: PublishPacket, at: WallTime) => void;

export interface FormatOptions {
  /** `--pretty`: indents the JSON of %j and %J. */
  readonly pretty: boolean;
  /** Ends each message with a newline; off with `-N`. */
  readonly newline: boolean;
  /** Ends each message with NUL instead of a newline (`-0`). */
  readonly nul?: boolean;
  /** Prints a line, with its newline, about a message that cannot be printed as requested. */
  warn(line: string): void;
}

/** The part of a specifier between the `%` and the letter. */
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

/** Caches the last result, because successive messages often have the same topic, length and so on. */
export function lastOnly<K, V>(make: (key: K) => V): (key: K) => V {
  let last: { readonly key: K; readonly value: V } | undefined;
  return (key) => {
    if (last === undefined || last.key !== key) last = { key, value: make(key) };
    return last.value;
  };
}

/** How many keys remembered() caches. */
const REMEMBERED = 1024;

/** Caches the results of many keys: topics repeat, but rarely in succession. */
export function remembered<V>(make: (key: string) => V): (key: string) => V {
  const known = new Map<string, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      // Clearing is rare, and cheaper than tracking which key was used last.
      if (known.size === REMEMBERED) known.clear();
      value = make(key);
      known.set(key, value);
    }
    return value;
  };
}
