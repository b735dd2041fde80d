/** Text that others wrote (topics, reasons of servers, names in certificates, lines of files), made fit for a terminal. */

/**
 * What has no shape of its own, or changes how the text around it is shown: control and format characters (\p{Cc}, \p{Cf}),
 * line and paragraph separators, halves of surrogate pairs. Written out, as `\p{…}` costs half a millisecond when it is
 * first used; a test compares the two.
 */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
  /[\0-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/gu;

/** Whether there may be any: without /u, so that it costs next to nothing where there is none, which is nearly always. */
const SUSPECT =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  /[\0-\x1f\x7f-\x9f\u00ad\u0600-\u070f\u0890\u0891\u08e2\u180e\u200b-\u206f\ufeff-\uffff\ud800-\udfff]/;

/** The most characters of such a text that are shown in a line of ours. */
const MOST = 256;

/** Without anything invisible: that is written as JSON writes it, `\u202e`. */
export function escaped(text: string): string {
  return SUSPECT.test(text) ? text.replace(INVISIBLE, inHexadecimal) : text;
}

/** The same for text of several lines: its line ends and tabs stay. */
export const escapedLines = (text: string): string => text.replace(/[^\n\t]+/g, escaped);

/** The same for a line on standard error, where a text that is too long is cut. */
export function printable(text: string): string {
  if (text.length <= MOST) return escaped(text);
  const characters = Array.from(text);
  const left = characters.length - MOST;
  if (left <= 0) return escaped(text);
  return `${escaped(characters.slice(0, MOST).join(''))}… (${left} more ${left === 1 ? 'character' : 'characters'})`;
}

/** One or two UTF-16 code units. */
function inHexadecimal(character: string): string {
  let text = '';
  for (let i = 0; i < character.length; i++) text += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return text;
}
