/** The words of a command line, as text and as bytes, because an argument need not be UTF-8. */
import { hasUtf8Form, isWellFormed } from '../../util/utf8.ts';

export interface Word {
  /** Each part that is not UTF-8 is U+FFFD here. */
  readonly text: string;
  readonly bytes: Uint8Array;
  /** Whether the text contains everything that the bytes contain. */
  readonly wellFormed: boolean;
}

/** A word of which only the text is known. */
export function textWord(text: string): Word {
  return { text, bytes: Buffer.from(text), wellFormed: hasUtf8Form(text) };
}

/** A word from its bytes. */
export function bytesWord(bytes: Uint8Array): Word {
  return { text: Buffer.from(bytes).toString(), bytes, wellFormed: isWellFormed(bytes) };
}

/** The words from first to last; `raw` has the same words as bytes, on platforms that provide them. */
export function toWords(argv: readonly string[], raw?: readonly Uint8Array[]): readonly Word[] {
  return argv.map((text, i) => {
    const bytes = raw?.[i];
    return bytes === undefined ? textWord(text) : { text, bytes, wellFormed: isWellFormed(bytes) };
  });
}

/**
 * The word for percent-encoded text [RFC 3986, 2.1] with one character for each byte. Throws the error of `invalid` for
 * a `%` without two hexadecimal digits.
 */
export function percentDecoded(latin1: string, invalid: (reason: string) => Error): Word {
  if (/%(?![\da-f]{2})/i.test(latin1)) throw invalid("bad percent-encoding (write '%25' for '%')");
  const decoded = latin1.replace(/%([\da-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return bytesWord(Buffer.from(decoded, 'latin1'));
}
