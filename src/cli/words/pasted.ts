/**
 * What word processors and web pages put in place of the dash and the quotes of a keyboard: ranges for a character class of
 * a regular expression.
 */
export const DASHES = String.raw`\u2010-\u2015\u2212\ufe58\ufe63\uff0d`;
export const QUOTES = String.raw`\u2018-\u201f\u00ab\u00bb`;
