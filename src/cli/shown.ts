/** What is told of a word that nobody knows. */

/**
 * Where a secret begins in a word that holds one, most likely, and what is told in its place. Dashes and quotes are also those
 * that pasting brings (suggestion.ts).
 */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // `--password=…`, `pw=…`
  [/^([^=]*(?:pas|pw|psk|secret|token|auth|head|ws-h)[^=]*=).*/is, '$1…'],
  // `--psk…`, `-pw…`, `"-u me --pw …"`; not `--psk-identty`, `--passwd`
  [
    /((?:^|[\s\u2018-\u201f\u00ab\u00bb])[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+(?:pw|psk|ws-header|pass(?!(?:w(?:or)?d|phrase)(?:$|-[a-z]))(?:w(?:or)?d|phrase)?)(?!-[a-z])=?).+/is,
    '$1…',
  ],
  // `-P…`, `-dP…`, `"-u me -P …"`
  [/((?:^|[\s\u2018-\u201f\u00ab\u00bb])[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d][a-zNRE]*P).+/s, '$1…'],
  [/(:\/\/[^:]*):.*@/s, '$1:***@'],
  // `--user=me:…`, as curl has it
  [/^(--user[^:]*:).+/s, '$1…'],
  // `user:…@host`, without the beginning of a URL
  [/^([^\s:/]*):(?!\/\/).*@/s, '$1:***@'],
];

/** The word, without what seems to be a secret in it. */
export const shown = (word: string): string =>
  SECRETS.reduce((text, [secret, instead]) => text.replace(secret, instead), word);
