/**
 * What an OpenSSL error or an alert of the server means. Apart from the rest of TLS, and small: an alert may come long
 * after the handshake (in TLS 1.3 also the one that demands a client certificate), to code that every connection uses.
 */
import { Failure } from '../errors.ts';

interface Meaning {
  readonly reason: string;
  readonly advice?: string;
}

export const NO_CLIENT_CERTIFICATE: Meaning = {
  reason: 'the server demands a client certificate (--cert, --key)',
  advice: 'Name a certificate that the server accepts with --cert, and its private key with --key.',
};

const NOT_TLS: Meaning = {
  reason: 'the server does not speak TLS on this port',
  advice: 'Use the TLS port of the server (mostly 8883), or leave TLS out if this port is meant to be plain.',
};

const NO_VERSION: Meaning = {
  reason: 'the server speaks no TLS version that we allow',
  advice: 'TLS 1.2 and 1.3 are allowed unless --tls-version or --ciphers leaves only one of them.',
};

const WRONG_PSK: Meaning = {
  reason: 'the server did not accept what we sent: with --psk, the key is wrong',
  advice: 'Compare --psk, in hexadecimal, with the key that the server has for this --psk-identity.',
};

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: NO_CLIENT_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: { reason: 'the server did not accept our client certificate' },
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: {
    reason: 'the server did not accept our client certificate',
    advice: 'Its purpose or its kind of key may be wrong: a certificate made for servers is not one for clients.',
  },
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: {
    reason: 'our client certificate has expired',
    advice: 'Name a newer one with --cert.',
  },
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: {
    reason: 'our client certificate has been revoked',
    advice: 'Name another one with --cert.',
  },
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: {
    reason: 'the server refused the handshake: no cipher in common, or a client certificate missing',
    advice: 'Compare --ciphers and --tls-version with what the server allows.',
  },
  ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY: {
    reason: 'the server refused the handshake: it wants stronger ciphers',
    advice: 'Compare --ciphers and --tls-version with what the server allows.',
  },
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: {
    reason: 'the server does not know the CA of our client certificate',
    advice: 'Use a certificate of a CA that the server trusts; a file for --cert may hold the intermediates too.',
  },
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: NO_VERSION,
  ERR_SSL_UNSUPPORTED_PROTOCOL: NO_VERSION,
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: {
    reason: 'the server does not speak the protocol asked for with --tls-alpn',
    advice: 'Ask for a protocol that the server offers, or leave --tls-alpn out.',
  },
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: { reason: 'the server does not know the host name that we asked for' },
  ERR_SSL_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY: {
    reason: 'the server does not know this --psk-identity',
    advice: 'Compare it, capitals and blanks included, with the identities that the server has.',
  },
  ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC: WRONG_PSK,
  ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR: WRONG_PSK,
  ERR_SSL_WRONG_VERSION_NUMBER: NOT_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NOT_TLS,
};

/** The end of TCP without the end of TLS before it: a connection that was cut, no fault of TLS. */
const CUT = 'ERR_SSL_UNEXPECTED_EOF_WHILE_READING';

/** A failure of TLS with this reason. Every text of TLS begins alike. */
export function tlsFailure(code: string, { reason, advice }: Meaning, status?: number): Failure {
  return new Failure('tls', {
    code,
    message: `A TLS error occurred: ${reason}`,
    advice,
    ...(status === undefined ? {} : { status }),
  });
}

/** What an error code says about TLS; undefined when it is about something else. */
export function alertFailure(code: string): Failure | undefined {
  if (!code.startsWith('ERR_SSL_') || code === CUT) return undefined;
  return tlsFailure(code, MEANINGS[code] ?? { reason: plainWords(code) });
}

/** `ERR_SSL_EE_KEY_TOO_SMALL` as "ee key too small". */
export function plainWords(code: string): string {
  return code
    .replace(/^ERR_(OSSL|SSL|TLS|CRYPTO)_/, '')
    .toLowerCase()
    .replaceAll('_', ' ');
}
