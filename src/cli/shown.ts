/** What is told of a word that nobody knows. */

/** Where a secret begins in a word that holds one, most likely, and what is told in its place. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // `--password=…`, `pw=…`
  [/^([^=]*(?:pas|pw|psk|secret|token|auth|head|ws-h)[^=]*=).*/is, '$1…'],
  // `--psk…`, `-pw…`, `"-u me --pw …"`; not `--psk-identty`, `--passwd`
  [
    /((?:^|\s)[-–—]+(?:pw|psk|ws-header|pass(?!(?:w(?:or)?d|phrase)(?:$|-[a-z]))(?:w(?:or)?d|phrase)?)(?!-[a-z])=?).+/is,
    '$1…',
  ],
  // `-P…`, `-dP…`, `"-u me -P …"`
  [/((?:^|\s)[-–—][a-zNRE]*P).+/s, '$1…'],
  [/(:\/\/[^:]*):.*@/s, '$1:***@'],
  // `user:…@host`, without the beginning of a URL
  [/^([^\s:/]*):(?!\/\/).*@/s, '$1:***@'],
];

/** The word, without what seems to be a secret in it. */
export const shown = (word: string): string =>
  SECRETS.reduce((text, [secret, instead]) => text.replace(secret, instead), word);
