/** Removes secrets from an unknown word before it is printed. */

/**
 * Characters that word processors and web pages substitute for the dash and the quotes of a keyboard: ranges for a
 * character class of a regular expression.
 */
export const DASHES = String.raw`\u2010-\u2015\u2212\ufe58\ufe63\uff0d`;
export const QUOTES = String.raw`\u2018-\u201f\u00ab\u00bb`;

/** The first dash of an option, at the beginning of the word or within it. */
const DASH = String.raw`(?:^|[\s${QUOTES}])[-${DASHES}]`;

/** Where a secret most likely begins in a word, and the text printed instead of it. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // `--password=…`, `pw=…`
  [/^([^=]*(?:pas|pw|psk|secret|token|auth|head|ws-h)[^=]*=).*/is, '$1…'],
  // `--psk…`, `-pw…`, `"-u me --pw …"`; not `--psk-identty`, `--passwd`
  [
    new RegExp(
      `(${DASH}+(?:pw|psk|ws-header|pass(?!(?:w(?:or)?d|phrase)(?:$|-[a-z]))(?:w(?:or)?d|phrase)?)(?!-[a-z])=?).+`,
      'is',
    ),
    '$1…',
  ],
  // `-P…`, `-dP…`, `"-u me -P …"`
  [new RegExp(`(${DASH}[a-zNRE]*P).+`, 's'), '$1…'],
  [/(:\/\/[^:]*):.*@/s, '$1:***@'],
  // `--user=me:…`, as in curl
  [/^(--user[^:]*:).+/s, '$1…'],
  // `user:…@host`, without the beginning of a URL
  [/^([^\s:/]*):(?!\/\/).*@/s, '$1:***@'],
];

/** The word without any probable secret. */
export const shown = (word: string): string =>
  SECRETS.reduce((text, [secret, instead]) => text.replace(secret, instead), word);
