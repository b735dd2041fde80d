/**
 * How certificates and keys that are not PEM are handled. DER is converted to PEM, because OpenSSL in Node silently
 * ignores a CA in DER. Other formats are rejected, with the command that converts them.
 */
import { X509Certificate } from 'node:crypto';
import { shellQuoted } from '../util/phrases.ts';

/** The label that a DER element has in a PEM file. */
type Label =
  | 'CERTIFICATE'
  | 'ENCRYPTED PRIVATE KEY'
  | 'PRIVATE KEY'
  | 'RSA PRIVATE KEY'
  | 'EC PRIVATE KEY'
  | RefusedForm;
type RefusedForm = 'PKCS7' | 'PKCS12';

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OBJECT_IDENTIFIER = 0x06;
const INDEFINITE = 0x80;

/** The object identifier of signed data, 1.2.840.113549.1.7.2, in DER. */
const SIGNED_DATA = Buffer.from('06092a864886f70d010702', 'hex');
const PKCS12_VERSION = 3;

/** The label by the tag after the version number: an algorithm, a modulus or the octets of a key. */
const BEHIND_VERSION: Readonly<Record<number, Label>> = {
  [SEQUENCE]: 'PRIVATE KEY',
  [INTEGER]: 'RSA PRIVATE KEY',
  4: 'EC PRIVATE KEY',
};

/** Converts DER to PEM, with one or several elements; returns any other file unchanged. */
export function asPem(file: Buffer): Buffer {
  const { blocks, fault } = derBlocks(file);
  return blocks.length === 0 || fault !== undefined ? file : Buffer.from(blocks.join(''));
}

interface Wrong {
  /** What is wrong, as a predicate of the file. */
  readonly reason: string;
  readonly advice: string;
}

const CUT_OFF: Wrong = {
  reason: 'is damaged: it is DER, and its end is missing',
  advice: 'Copy the file again from its source, in binary mode.',
};
/** Rejected, because ignoring the rest could silently omit a CA. */
const MIXED: Wrong = {
  reason: 'is DER with other data after it',
  advice: 'It must be PEM, or DER and nothing else.',
};

/** The elements of a file that begins with DER, and the fault in it; empty for other files. */
function derBlocks(file: Buffer): { readonly blocks: readonly string[]; readonly fault?: Wrong } {
  const blocks: string[] = [];
  for (let at = 0; at < file.length; ) {
    const label = labelOf(file, at);
    if (label === undefined) {
      // Editors and mail programs append a newline.
      const isOver = blocks.length === 0 || file.toString('latin1', at).trim() === '';
      return isOver ? { blocks } : { blocks, fault: MIXED };
    }
    const { end } = elementAt(file, at);
    if (end > file.length) return { blocks, fault: CUT_OFF };
    const base64 = file.subarray(at, end).toString('base64');
    blocks.push(`-----BEGIN ${label}-----\n${base64.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END ${label}-----\n`);
    at = end;
  }
  return { blocks };
}

function labelOf(file: Buffer, at: number): Label | undefined {
  if (file[at] !== SEQUENCE) return undefined;
  const { start } = elementAt(file, at);
  if (file.subarray(start, start + SIGNED_DATA.length).equals(SIGNED_DATA)) return 'PKCS7';
  const first = elementAt(file, start);
  // An element shorter than any certificate may be text: `0` is also the tag of a sequence.
  if (file[start] === SEQUENCE && start - at === 2) return undefined;
  if (file[start] === SEQUENCE)
    return file[first.start] === OBJECT_IDENTIFIER ? 'ENCRYPTED PRIVATE KEY' : 'CERTIFICATE';
  if (file[start] !== INTEGER) return undefined;
  return file[first.start] === PKCS12_VERSION ? 'PKCS12' : BEHIND_VERSION[file[first.end] ?? 0];
}

/** The start and end of the element's content. An element of indefinite length (BER) extends to the end of the file. */
function elementAt(file: Buffer, at: number): { readonly start: number; readonly end: number } {
  const length = file[at + 1] ?? 0;
  const start = at + 2;
  if (length < INDEFINITE) return { start, end: start + length };
  const count = length - INDEFINITE;
  if (count === 0 || count > 4 || start + count > file.length) return { start: start + count, end: file.length };
  return { start: start + count, end: start + count + file.readUIntBE(start, count) };
}

interface Form {
  readonly found: (text: string) => boolean;
  /** What is wrong, as a predicate of the file. */
  readonly reason: string;
  readonly remedy: (path: string) => string;
}

const UTF16_MARKS = /^(\u00ff\u00fe|\u00fe\u00ff)/;
/** Matches a marker at the start of a line, where it cannot be a comment; a byte order mark may precede it. */
const begins = (label: string) => {
  const marker = new RegExp(`^[ \\t\\u00ef\\u00bb\\u00bf]*-----BEGIN (${label})-----`, 'm');
  return (text: string): boolean => marker.test(text);
};
const hasPkcs7 = begins('PKCS7|PKCS #7 SIGNED DATA');

/** From the marker of a certificate or key to its end marker, or to the end of the file. */
const BLOCK = /-----BEGIN ((?:[A-Z0-9]+ )*(?:CERTIFICATE|PRIVATE KEY))-----([^-]*(?:-(?!----)[^-]*)*)(?:-----END |$)/g;
const MISSING_BREAK = /^-----BEGIN [A-Z0-9 ]+-----[ \t]*\S|\r(?=[^\r\n])|\S[ \t]*-----END $/;

const lacksBreaks = (text: string): boolean =>
  [...text.matchAll(BLOCK)].some(
    ([block, label]) => MISSING_BREAK.test(block) && !isCertificate(`${block}${label}-----\n`),
  );

/** Some authorities put a chain in PKCS#7 between the markers of a certificate. */
function firstIsPkcs7(text: string): boolean {
  const [block] = text.matchAll(BLOCK);
  return block !== undefined && labelOf(Buffer.from(block[2] ?? '', 'base64'), 0) === 'PKCS7';
}

export function isCertificate(pem: Buffer | string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

const inAndOut = (path: string, out = '-out'): string =>
  `-in ${shellQuoted(path)} ${out} ${shellQuoted(`${path}.pem`)}`;

const FORMS: readonly Form[] = [
  {
    found: (text) => hasPkcs7(text) || firstIsPkcs7(text),
    reason: 'is PKCS#7, not PEM',
    remedy: (path) => `Convert it to PEM with "openssl pkcs7 -print_certs ${inAndOut(path)}".`,
  },
  {
    // `openssl pkcs7` cannot read this label.
    found: begins('CMS'),
    reason: 'is CMS, not PEM',
    remedy: (path) => `Convert it to PEM with "openssl cms -cmsout -noout -inform PEM ${inAndOut(path, '-certsout')}".`,
  },
  {
    found: begins('PKCS12'),
    reason: 'is PKCS#12, not PEM',
    remedy: (path) => `Convert it to PEM with "openssl pkcs12 -nodes ${inAndOut(path)}".`,
  },
  {
    found: (text) => UTF16_MARKS.test(text),
    reason: 'is text in UTF-16, not PEM',
    remedy: () => 'It must be PEM. Save the file as ASCII or UTF-8.',
  },
  {
    found: lacksBreaks,
    reason: 'has no line breaks where PEM needs them',
    remedy: () => 'It must be PEM: each -----BEGIN and -----END marker needs a line of its own.',
  },
];

/** Why a file, as `asPem` returns it, cannot be used: the reason as a predicate of the file, and advice. */
export function wrongForm(pem: Buffer, file: Buffer, path: string): Wrong | undefined {
  const fault = pem === file ? derBlocks(file).fault : undefined;
  if (fault !== undefined) return fault;
  const text = pem.toString('latin1');
  const form = FORMS.find(({ found }) => found(text));
  if (form === undefined) return undefined;
  const advice = form.remedy(path);
  // The other commands detect DER by themselves.
  return { reason: form.reason, advice: pem === file ? advice : advice.replace('pkcs7', 'pkcs7 -inform DER') };
}
