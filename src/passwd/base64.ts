/** Base64 as the brokers read it: stricter than Node's decoder in the alphabet, laxer at the end. */

const GROUPS = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Undefined when a broker could not read it. Only whole groups of four characters count: one to three more at the end,
 * of any kind, are passed over, as OpenSSL does it in the brokers.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const whole = text.slice(0, text.length - (text.length % 4));
  return GROUPS.test(whole) ? Buffer.from(whole, 'base64') : undefined;
}

/** The form of PHC strings: no padding, nothing left over, unused bits zero. */
export function decodeUnpadded(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return encodeUnpadded(bytes) === text ? bytes : undefined;
}

export function encodeUnpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
