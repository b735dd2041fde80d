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
  reason: 'the server demands a client certificate',
  advice: 'name a certificate that the server accepts, and its private key',
  remedy: { code: 'client-certificate' },
};

const NOT_TLS: Meaning = {
  reason: 'the server does not speak TLS on this port',
  advice: 'use the port for TLS (mostly 8883), or leave the TLS options out',
};

const NO_VERSION: Meaning = {
  reason: 'the server speaks no TLS version that we allow',
  advice: 'TLS 1.2 and 1.3 are allowed unless the version or the ciphers asked for leave only one of them',
  remedy: { code: 'tls-version' },
};

const WRONG_PSK: Meaning = {
  reason: 'the server did not accept what we sent: with a pre-shared key, the key is wrong',
  advice: 'compare the pre-shared key with the one that the server has for this identity',
  remedy: { code: 'psk-key' },
};

/** The two sides have no cipher or version in common. */
export const OTHER_CIPHERS: Advice = {
  advice: 'compare ciphers and TLS version with what the server allows',
  remedy: { code: 'tls-ciphers' },
};

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: NO_CLIENT_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: { reason: 'the server did not accept our client certificate' },
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: {
    reason: 'the server did not accept our client certificate',
    advice: 'its purpose or kind of key may be wrong: a certificate made for servers is not one for clients',
  },
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: {
    reason: 'our client certificate has expired',
    advice: 'name a newer one',
    remedy: { code: 'other-client-certificate' },
  },
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: {
    reason: 'our client certificate has been revoked',
    advice: 'name another one',
    remedy: { code: 'other-client-certificate' },
  },
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: {
    reason: 'the server refused the handshake: no cipher in common, or a client certificate missing',
    ...OTHER_CIPHERS,
  },
  ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY: {
    reason: 'the server refused the handshake: it wants stronger ciphers',
    ...OTHER_CIPHERS,
  },
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: {
    reason: 'the server does not know the CA of our client certificate',
    advice: 'use a certificate of a CA that the server trusts; its file may hold intermediates too',
    remedy: { code: 'client-certificate-ca' },
  },
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: NO_VERSION,
  ERR_SSL_UNSUPPORTED_PROTOCOL: NO_VERSION,
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: {
    reason: 'the server does not speak the application protocol asked for (ALPN)',
    advice: 'ask for a protocol that the server offers, or for none',
    remedy: { code: 'tls-alpn' },
  },
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: { reason: 'the server does not know the host name that we asked for' },
  ERR_SSL_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY: {
    reason: 'the server does not know this identity of a pre-shared key',
    advice: 'compare it, capitals and blanks included, with the identities that the server has',
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
