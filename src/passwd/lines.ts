/**
 * The grammar of a password file, on bytes, as the brokers read it. An unusual line is never dropped or changed: a line
 * that is not an entry is skipped.
 */

const LF = 10;
const COLON = 58;
const HASH_SIGN = 35;

/** A range of bytes that excludes `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface Line extends ByteRange {
  /** Counted from 1. */
  readonly number: number;
  /** Offset of the next line: after the newline, if there is one. */
  readonly next: number;
}

export interface UserEntry {
  readonly user: ByteRange;
  /** The second field; empty when it is missing. */
  readonly hash: ByteRange;
  /** Everything after the colon that ends the name, because a plain text password may contain colons. */
  readonly rest: ByteRange;
}

export function* linesOf(file: Buffer): Generator<Line> {
  for (let start = 0, number = 1; start < file.length; number++) {
    const line = { ...lineFrom(file, start), number };
    yield line;
    start = line.next;
  }
}

function lineFrom(file: Buffer, start: number): Omit<Line, 'number'> {
  const found = file.indexOf(LF, start);
  return found < 0 ? { start, end: file.length, next: file.length } : { start, end: found, next: found + 1 };
}

/** Returns undefined for a comment, or a line without a name and a colon after it. */
export function entryAt(file: Buffer, line: ByteRange): UserEntry | undefined {
  let start = line.start;
  if (file[start] === HASH_SIGN) return undefined;
  // Consecutive colons count as one, those before the name too.
  while (start < line.end && file[start] === COLON) start++;
  const colon = colonFrom(file, start, line.end);
  if (start === line.end || colon === line.end) return undefined;
  let second = colon;
  while (second < line.end && file[second] === COLON) second++;
  return {
    user: trim(file, { start, end: colon }),
    hash: trim(file, { start: second, end: colonFrom(file, second, line.end) }),
    rest: trim(file, { start: colon + 1, end: line.end }),
  };
}

/**
 * The number of the first line that is not empty, a comment or an entry: it has no colon, no name before it, or a NUL
 * byte. Brokers skip such a line or reject the file, so its password has no effect.
 */
export function corruptLine(file: Buffer): number | undefined {
  for (const line of linesOf(file)) {
    const { start, end } = trim(file, line);
    if (start === end || file[line.start] === HASH_SIGN) continue;
    const user = entryAt(file, line)?.user;
    if (user === undefined || user.start === user.end || file.subarray(start, end).includes(0)) return line.number;
  }
  return undefined;
}

function colonFrom(file: Buffer, start: number, end: number): number {
  const found = file.subarray(start, end).indexOf(COLON);
  return found < 0 ? end : start + found;
}

/** Whether this is one of the six white-space bytes of C. JavaScript's trim() removes more. */
export function isBlank(byte: number | undefined): boolean {
  return byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13);
}

function trim(file: Buffer, { start, end }: ByteRange): ByteRange {
  while (start < end && isBlank(file[start])) start++;
  while (end > start && isBlank(file[end - 1])) end--;
  return { start, end };
}

export const textAt = (file: Buffer, span: ByteRange): string => file.toString('latin1', span.start, span.end);

/** Lists the entries of this user. Reads only the lines that contain the name, because files can be long. */
export function* linesOfUser(
  file: Buffer,
  user: Uint8Array,
): Generator<{ readonly line: Omit<Line, 'number'>; readonly entry: UserEntry }> {
  if (user.length === 0) return;
  for (let from = 0; ; ) {
    const hit = file.indexOf(user, from);
    if (hit < 0) return;
    const line = lineFrom(file, hit === 0 ? 0 : file.lastIndexOf(LF, hit - 1) + 1);
    const entry = entryAt(file, line);
    if (entry && file.subarray(entry.user.start, entry.user.end).equals(user)) yield { line, entry };
    from = line.next;
  }
}

/** The number of the line that begins here. */
export function lineNumber(file: Buffer, start: number): number {
  let number = 1;
  for (let at = file.indexOf(LF); at >= 0 && at < start; at = file.indexOf(LF, at + 1)) number++;
  return number;
}
