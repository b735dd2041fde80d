/**
 * What an OpenSSL error or an alert of the server means. Small and separate from the rest of TLS, because an alert may arrive
 * long after the handshake (in TLS 1.3 also the demand for a client certificate), in code that every connection uses.
 */
import { type Advice, Failure } from '../errors.ts';

/** The reason of a TLS failure, as the text after the colon, and advice. */
export interface Meaning extends Advice {
  readonly reason: string;
}

export const NO_CLIENT_CERTIFICATE: Meaning = {
  reason: 'the broker requires a client certificate',
  advice: 'Use a client certificate that the broker accepts, with its private key.',
  remedy: { code: 'client-certificate' },
};

const NOT_TLS: Meaning = {
  reason: 'the broker does not speak TLS on this port',
  advice: 'Use the port for TLS (usually 8883), or omit the TLS options.',
};

const NO_VERSION: Meaning = {
  reason: 'the broker supports no TLS version that is allowed here',
  advice: 'TLS 1.2 and 1.3 are allowed unless the requested version or ciphers leave only one of them.',
  remedy: { code: 'tls-version' },
};

const WRONG_PSK: Meaning = {
  reason: 'the broker rejected the handshake: with a pre-shared key, the key is wrong',
  advice: 'Compare the pre-shared key with the one that the broker has for this identity.',
  remedy: { code: 'psk-key' },
};

/** The two sides have no cipher or version in common. */
export const OTHER_CIPHERS: Advice = {
  advice: 'Compare the ciphers and the TLS version with those that the broker allows.',
  remedy: { code: 'tls-ciphers' },
};

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: NO_CLIENT_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: { reason: 'the broker rejected the client certificate' },
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: {
    reason: 'the broker rejected the client certificate',
    advice: 'Its purpose or type of key may be wrong. A certificate for servers is not valid for clients.',
  },
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: {
    reason: 'the client certificate has expired',
    advice: 'Use a newer certificate.',
    remedy: { code: 'other-client-certificate' },
  },
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: {
    reason: 'the client certificate has been revoked',
    advice: 'Use another certificate.',
    remedy: { code: 'other-client-certificate' },
  },
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: {
    reason: 'the broker refused the handshake: no cipher in common, or no client certificate',
    ...OTHER_CIPHERS,
  },
  ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY: {
    reason: 'the broker refused the handshake: it requires stronger ciphers',
    ...OTHER_CIPHERS,
  },
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: {
    reason: 'the broker does not know the CA of the client certificate',
    advice: 'Use a certificate from a CA that the broker trusts. Its file may hold intermediates too.',
    remedy: { code: 'client-certificate-ca' },
  },
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: NO_VERSION,
  ERR_SSL_UNSUPPORTED_PROTOCOL: NO_VERSION,
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: {
    reason: 'the broker does not support the requested application protocol (ALPN)',
    advice: 'Request a protocol that the broker offers, or none.',
    remedy: { code: 'tls-alpn' },
  },
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: { reason: 'the broker does not know the requested host name' },
  ERR_SSL_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY: {
    reason: 'the broker does not know this identity of a pre-shared key',
    advice: 'Compare it, including case and spaces, with the identities that the broker has.',
    remedy: { code: 'psk-identity' },
  },
  ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC: WRONG_PSK,
  ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR: WRONG_PSK,
  ERR_SSL_WRONG_VERSION_NUMBER: NOT_TLS,
};

/** TCP ended without close_notify: a connection that was cut, not a fault of TLS. */
const CUT = 'ERR_SSL_UNEXPECTED_EOF_WHILE_READING';

/** A TLS failure with this reason. All TLS messages start with the same words. */
export function tlsFailure(code: string, { reason, advice, remedy }: Meaning, status?: number): Failure {
  return new Failure('tls', {
    code,
    message: `A TLS error occurred: ${reason}`,
    advice,
    remedy,
    ...(status === undefined ? {} : { status }),
  });
}

/** OpenSSL's codes for the first bytes of a server without TLS; the code depends on the bytes and the release. */
const NO_TLS_RECORD = /^ERR_SSL_(PACKET_LENGTH_TOO_LONG|DATA_LENGTH_TOO_LONG|BAD_RECORD_TYPE|HTTP_REQUEST)$/;

/** Alerts after TLS 1.0 whose names in BoringSSL (Bun) differ from those in OpenSSL. */
const OF_BORINGSSL: Readonly<Record<string, string>> = {
  ERR_SSL_TLSV1_ALERT_CERTIFICATE_REQUIRED: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  ERR_SSL_TLSV1_ALERT_UNRECOGNIZED_NAME: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
};

/** The same name for a code in all releases of OpenSSL: since 3.2 (Node 24) the names of some alerts no longer contain SSLV3. */
export function knownName(code: string): string {
  const name = code.replace('SSL/TLS_ALERT', 'SSLV3_ALERT').replace(NO_TLS_RECORD, 'ERR_SSL_WRONG_VERSION_NUMBER');
  return OF_BORINGSSL[name] ?? name;
}

export const isTlsCode = (code: string): boolean => code.startsWith('ERR_SSL_');

/** The failure for an error code of TLS; undefined for other codes. */
export function alertFailure(code: string): Failure | undefined {
  if (!isTlsCode(code) || code === CUT) return undefined;
  const name = knownName(code);
  return tlsFailure(name, MEANINGS[name] ?? { reason: plainWords(name) });
}

/** `ERR_SSL_EE_KEY_TOO_SMALL` as "ee key too small". */
export function plainWords(code: string): string {
  return code
    .replace(/^ERR_(OSSL|SSL|TLS|CRYPTO)_/, '')
    .toLowerCase()
    .replaceAll('_', ' ');
}
