/** How text from other parties (topics, reason strings, names in certificates, lines of files) is made safe for a terminal. */

/**
 * Characters that are invisible or change how the text around them is shown: control and format characters (\p{Cc},
 * \p{Cf}), line and paragraph separators, halves of surrogate pairs. They are listed because the first use of `\p{…}`
 * takes half a millisecond; a test compares the list with those classes.
 */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern must match control characters
  /[\0-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/gu;

/** Whether such characters may be present. Without /u this test is very fast for ordinary text, which has none. */
const SUSPECT =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  /[\0-\x1f\x7f-\x9f\u00ad\u0600-\u070f\u0890\u0891\u08e2\u180e\u200b-\u206f\ufeff-\uffff\ud800-\udfff]/;

/** Most characters of such a text in one message. */
const MOST = 256;

/** The text with invisible characters escaped as in JSON, `\u202e`. */
export function escaped(text: string): string {
  return SUSPECT.test(text) ? text.replace(INVISIBLE, inHexadecimal) : text;
}

/** escaped() for text of several lines: newlines and tabs stay. */
export const escapedLines = (text: string): string => text.replace(/[^\n\t]+/g, escaped);

/** escaped() for a line on standard error, which also cuts a text that is too long. */
export function printable(text: string): string {
  if (text.length <= MOST) return escaped(text);
  const characters = Array.from(text);
  const left = characters.length - MOST;
  if (left <= 0) return escaped(text);
  return `${escaped(characters.slice(0, MOST).join(''))}… (${left} more ${left === 1 ? 'character' : 'characters'})`;
}

/** A character of one or two UTF-16 code units, escaped. */
function inHexadecimal(character: string): string {
  let text = '';
  for (let i = 0; i < character.length; i++) text += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return text;
}
