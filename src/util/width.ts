/** How many columns of a terminal a text takes, counted by characters, as terminals do. */

/** East Asian wide and fullwidth characters, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18d08}\u{1aff0}-\u{1b2fb}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

/** Characters that are drawn into the character before them. */
const COMBINING = /[\p{Mn}\p{Me}\u1160-\u11ff]/u;

const widthOf = (character: string): number =>
  character < '\u0300' ? 1 : COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1;

/** The text, or, if it is wider than `columns`, its beginning and `…`, at most that wide. */
export function fitted(text: string, columns: number): { readonly text: string; readonly width: number } {
  /** How much of the text still leaves room for `…`. */
  let [kept, keptWidth, at, width] = [0, 0, 0, 0];
  for (const character of text) {
    width += widthOf(character);
    if (width > columns)
      return columns < 1 ? { text: '', width: 0 } : { text: `${text.slice(0, kept)}\u2026`, width: keptWidth + 1 };
    at += character.length;
    if (width < columns) [kept, keptWidth] = [at, width];
  }
  return { text, width };
}
