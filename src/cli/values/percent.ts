/** Percent-encoding in the parts of a URL [RFC 3986, 2.1]. */
import { bytesWord, type Word } from '../words/words.ts';

/** What is said of a `%` that has no two digits. */
export const BAD_PERCENT = "bad percent-encoding, write '%25' for '%'";

/** The word that the text, one character a byte, stands for; undefined when a `%` has no two digits. */
export function percentDecoded(latin1: string): Word | undefined {
  if (/%(?![\da-f]{2})/i.test(latin1)) return undefined;
  const decoded = latin1.replace(/%([\da-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return bytesWord(Buffer.from(decoded, 'latin1'));
}
