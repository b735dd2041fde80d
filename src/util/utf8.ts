/**
 * Which bytes are UTF-8 by the strict rules of MQTT: no overlong forms, no surrogates, nothing above U+10FFFF, no
 * U+0000 [MQTT-1.5.4-1] [MQTT-1.5.4-2]; a byte order mark is kept [MQTT-1.5.4-3].
 */

/** Whether bytes[start, end) is ASCII without NUL, as in nearly every topic. */
function isPlainAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === 0 || byte > 0x7f) return false;
  }
  return true;
}

/** The length of the well-formed sequence that starts at `i`, or 0, by table 3-7 of the Unicode standard. */
export function sequenceLength(bytes: Uint8Array, i: number, end: number): number {
  const first = bytes[i]!;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  if (length === 0 || i + length > end) return 0;
  const second = bytes[i + 1]!;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let k = 2; k < length; k++) if ((bytes[i + k]! & 0xc0) !== 0x80) return 0;
  return length;
}

/** Where to cut without splitting a character: at this place, or before the character around it, of at most four bytes. */
export function cutBefore(bytes: Uint8Array, place: number): number {
  let at = Math.min(place, bytes.length);
  for (let back = 0; back < 3 && at < bytes.length && (bytes[at]! & 0xc0) === 0x80; back++) at--;
  return at;
}

/** Whether bytes[start, end) is well-formed UTF-8, in which NUL is allowed here. */
export function isWellFormed(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
  for (let i = start; i < end; ) {
    const length = sequenceLength(bytes, i, end);
    if (length === 0) return false;
    i += length;
  }
  return true;
}

/** The text of bytes[start, end), or undefined when it is not well-formed or contains U+0000. */
export function decodeUtf8(bytes: Buffer, start: number, end: number): string | undefined {
  if (isPlainAscii(bytes, start, end)) return bytes.toString('latin1', start, end);
  if (!isWellFormed(bytes, start, end)) return undefined;
  for (let i = start; i < end; i++) if (bytes[i] === 0) return undefined;
  return bytes.toString('utf8', start, end);
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether every surrogate of the string is half of a pair, so that the string has a UTF-8 form. */
export function hasUtf8Form(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/**
 * Whether Mosquitto's check accepts the text: well-formed, without U+0000 to U+001F, U+007F to U+009F and the
 * non-characters, which the standard only discourages (1.5.4). Topics from a user must pass it.
 */
export function isPlainText(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return false;
    if (code >= 0xd800 && code <= 0xdfff) return false;
    if ((code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe) return false;
  }
  return true;
}
