/**
 * Certificates and keys that are not PEM. DER becomes PEM here, because OpenSSL as Node calls it passes over a CA in DER
 * without a word. Other forms are refused, with the command that converts them.
 */
import { shellQuoted } from '../util/shell-quoted.ts';

/** What the type of an element in DER is called in a PEM file. */
type Label = 'CERTIFICATE' | 'ENCRYPTED PRIVATE KEY' | 'PRIVATE KEY' | 'RSA PRIVATE KEY' | 'EC PRIVATE KEY' | Refused;
type Refused = 'PKCS7' | 'PKCS12';

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OBJECT_IDENTIFIER = 0x06;
const INDEFINITE = 0x80;

/** The object identifier of signed data, 1.2.840.113549.1.7.2, in DER. */
const SIGNED_DATA = Buffer.from('06092a864886f70d010702', 'hex');
const PKCS12_VERSION = 3;

/** By what follows the version number: an algorithm, a modulus or the octets of a key. */
const BEHIND_VERSION: Readonly<Record<number, Label>> = {
  [SEQUENCE]: 'PRIVATE KEY',
  [INTEGER]: 'RSA PRIVATE KEY',
  4: 'EC PRIVATE KEY',
};

/** The same in PEM when it is DER, one element or several one after the other; anything else as it is. */
export function asPem(file: Buffer): Buffer {
  const blocks: string[] = [];
  for (let at = 0; at < file.length; ) {
    const label = labelOf(file, at);
    if (label === undefined) return file;
    const { end } = elementAt(file, at);
    const base64 = file.subarray(at, end).toString('base64');
    blocks.push(`-----BEGIN ${label}-----\n${base64.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END ${label}-----\n`);
    at = end;
  }
  return blocks.length === 0 ? file : Buffer.from(blocks.join(''));
}

function labelOf(file: Buffer, at: number): Label | undefined {
  if (file[at] !== SEQUENCE) return undefined;
  const { start } = elementAt(file, at);
  if (file.subarray(start, start + SIGNED_DATA.length).equals(SIGNED_DATA)) return 'PKCS7';
  const first = elementAt(file, start);
  if (file[start] === SEQUENCE)
    return file[first.start] === OBJECT_IDENTIFIER ? 'ENCRYPTED PRIVATE KEY' : 'CERTIFICATE';
  if (file[start] !== INTEGER) return undefined;
  return file[first.start] === PKCS12_VERSION ? 'PKCS12' : BEHIND_VERSION[file[first.end] ?? 0];
}

/** Where the content of the element begins, and where it ends. One of indefinite length (BER) is the rest of the file. */
function elementAt(file: Buffer, at: number): { readonly start: number; readonly end: number } {
  const length = file[at + 1] ?? 0;
  const start = at + 2;
  if (length < INDEFINITE) return { start, end: start + length };
  const count = length - INDEFINITE;
  if (count === 0 || count > 4 || start + count > file.length) return { start: start + count, end: file.length };
  return { start: start + count, end: start + count + file.readUIntBE(start, count) };
}

interface Form {
  readonly found: RegExp;
  /** What is wrong, said of the file. */
  readonly reason: string;
  readonly remedy: (path: string) => string;
}

const UTF16_MARKS = /^(\u00ff\u00fe|\u00fe\u00ff)/;

const inAndOut = (path: string): string => `-in ${shellQuoted(path)} -out ${shellQuoted(`${path}.pem`)}`;

const FORMS: readonly Form[] = [
  {
    found: /-----BEGIN (PKCS7|PKCS #7 SIGNED DATA|CMS)-----/,
    reason: 'is PKCS#7, not PEM',
    remedy: (path) => `It must be PEM. Convert it with: openssl pkcs7 -print_certs ${inAndOut(path)}`,
  },
  {
    found: /-----BEGIN PKCS12-----/,
    reason: 'is PKCS#12, not PEM',
    remedy: (path) => `It must be PEM. Convert it with: openssl pkcs12 -nodes ${inAndOut(path)}`,
  },
  {
    found: UTF16_MARKS,
    reason: 'is text in UTF-16, not PEM',
    remedy: () => 'It must be PEM. Save the file as ASCII or UTF-8.',
  },
  {
    found: /-----BEGIN [A-Z0-9 ]+-----([ \t]*[^\s]|\r(?!\n))|[^\s-][ \t]*-----END /,
    reason: 'has no line breaks where PEM needs them',
    remedy: () => 'It must be PEM: each -----BEGIN and -----END marker needs a line of its own.',
  },
];

/** Why a file, as `asPem` gives it, cannot be used: the reason, said of the file, and what to do. */
export function wrongForm(pem: Buffer, file: Buffer, path: string): { reason: string; advice: string } | undefined {
  const text = pem.toString('latin1');
  const form = FORMS.find(({ found }) => found.test(text));
  if (form === undefined) return undefined;
  const advice = form.remedy(path);
  // Only pkcs7 reads PEM unless it is told otherwise.
  return { reason: form.reason, advice: pem === file ? advice : advice.replace('pkcs7', 'pkcs7 -inform DER') };
}
