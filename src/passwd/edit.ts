/** Changes a password file in memory. Every byte outside the named entries stays as it is. */
import { isHashed } from './broker-verdict.ts';
import { entryAt, type Line, linesOf, linesOfUser, textAt } from './lines.ts';

const LF = 10;

export interface Change {
  readonly content: Buffer;
  /** Offsets at which the entries of the user began. */
  readonly found: readonly number[];
}

const entryLine = (user: Uint8Array, field: string): Buffer =>
  Buffer.concat([user, Buffer.from(`:${field}\n`, 'latin1')]);

/** Sets this field in every entry of the user, or adds an entry at the end. */
export function putEntry(file: Buffer, user: Uint8Array, field: string): Change {
  const line = entryLine(user, field);
  const change = replaceEntries(file, user, line);
  if (change.found.length > 0) return change;
  // Without a newline, the new entry would join the last line.
  const lineEnd = file.length > 0 && file.at(-1) !== LF ? '\n' : '';
  return { content: Buffer.concat([file, Buffer.from(lineEnd), line]), found: [] };
}

export const removeEntries = (file: Buffer, user: Uint8Array): Change => replaceEntries(file, user, Buffer.alloc(0));

function replaceEntries(file: Buffer, user: Uint8Array, bytes: Uint8Array): Change {
  const lines = [...linesOfUser(file, user)].map(({ line }) => line);
  return {
    content: splice(
      file,
      lines.map((line) => [line, bytes]),
    ),
    found: lines.map(({ start }) => start),
  };
}

export interface PlainEntry {
  readonly line: Line;
  readonly user: Buffer;
  readonly password: Buffer;
}

/** Lists the entries whose password is plain text. */
export function* plainEntries(file: Buffer): Generator<PlainEntry> {
  for (const line of linesOf(file)) {
    const entry = entryAt(file, line);
    if (entry === undefined || entry.user.start === entry.user.end || entry.rest.start === entry.rest.end) continue;
    if (isHashed(textAt(file, entry.hash)) || file.subarray(line.start, line.end).includes(0)) continue;
    yield {
      line,
      user: file.subarray(entry.user.start, entry.user.end),
      password: file.subarray(entry.rest.start, entry.rest.end),
    };
  }
}

/** Replaces each plain text password by a field, in the order of plainEntries(). */
export function hashEntries(file: Buffer, fields: readonly string[]): Buffer {
  return splice(
    file,
    [...plainEntries(file)].map(({ line, user }, i) => [line, entryLine(user, fields[i]!)]),
  );
}

/** Replaces each span, with its newline, by the bytes next to it. */
function splice(file: Buffer, changes: readonly (readonly [{ start: number; next: number }, Uint8Array])[]): Buffer {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const [{ start, next }, bytes] of changes) {
    parts.push(file.subarray(from, start), bytes);
    from = next;
  }
  parts.push(file.subarray(from));
  return Buffer.concat(parts);
}
