/**
 * From the errors of sockets, name lookup and OpenSSL to a Failure, once: nothing above net/ sees an errno.
 * The texts of errno are the C library's, which is what Mosquitto prints.
 */
import { Failure } from '../errors.ts';

const ERRNO_TEXT: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  ECONNABORTED: 'Software caused connection abort',
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  EHOSTDOWN: 'Host is down',
  EHOSTUNREACH: 'No route to host',
  EINVAL: 'Invalid argument',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  EMFILE: 'Too many open files',
  ENETDOWN: 'Network is down',
  ENETUNREACH: 'Network is unreachable',
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  ENOTSOCK: 'Socket operation on non-socket',
  EPERM: 'Operation not permitted',
  EPIPE: 'Broken pipe',
  EPROTOTYPE: 'Protocol wrong type for socket',
  ETIMEDOUT: 'Connection timed out',
};

const LOOKUP_CODES = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EAI_NONAME',
  'ENODATA',
  'ESERVFAIL',
]);

/** The code of an error, `ECONNREFUSED` for example; of several attempts the first one's. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, errors } = error as { code?: unknown; errors?: readonly unknown[] };
  if (typeof code === 'string') return code;
  return errors?.[0] === undefined ? '' : errorCode(errors[0]);
}

/** The C library's text of an errno name, or the name itself. */
export function errnoText(code: string): string {
  return ERRNO_TEXT[code] ?? code;
}

/** A connection that could not be made. */
export function connectFailure(error: unknown, advice?: string): Failure {
  const code = errorCode(error);
  if (isLookupCode(code)) return new Failure('lookup', { code, advice });
  return new Failure('connect', { code, message: errnoText(code || 'ECONNREFUSED'), advice });
}

/** Whether this is the code of a name lookup that failed. */
export function isLookupCode(code: string): boolean {
  return LOOKUP_CODES.has(code);
}

/** A connection that broke after it stood. */
export function streamFailure(error: unknown): Failure {
  const code = errorCode(error);
  const tls = tlsAlert(code);
  if (tls !== undefined) return new Failure('tls', { code, message: tls });
  return new Failure('connection-lost', { code });
}

/** What an alert of the server means, when it sent one after the handshake. */
export function tlsAlert(code: string): string | undefined {
  if (!code.startsWith('ERR_SSL_')) return undefined;
  return `A TLS error occurred: ${TLS_REASONS[code] ?? code.slice('ERR_SSL_'.length).toLowerCase().replaceAll('_', ' ')}`;
}

const NO_CLIENT_CERTIFICATE = 'the server demands a client certificate (--cert, --key)';

const TLS_REASONS: Readonly<Record<string, string>> = {
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: NO_CLIENT_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'the server did not accept our client certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'our client certificate has expired',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'the server refused the handshake: no cipher in common, or a client certificate missing',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'the server does not know the CA of our client certificate',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'the server speaks no TLS version that we allow',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not speak TLS on this port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the server does not speak TLS on this port',
};

const VERIFY_REASONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the server certificate is self-signed and not among the trusted CA certificates',
  SELF_SIGNED_CERT_IN_CHAIN: 'the server certificate comes from a CA that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'the issuer of the server certificate is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the server certificate comes from a CA that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the server certificate comes from a CA that is not trusted here',
  CERT_SIGNATURE_FAILURE: 'the signature of the server certificate does not fit the trusted CA',
  CERT_HAS_EXPIRED: 'the server certificate has expired',
  CERT_NOT_YET_VALID: 'the server certificate is not valid yet',
};

/** A TLS handshake that failed; `host` is the name that was asked for. */
export function handshakeFailure(error: unknown, host: string): Failure {
  const code = errorCode(error);
  const reason = code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? wrongHost(error, host) : VERIFY_REASONS[code];
  if (reason !== undefined) return new Failure('tls', { code, message: `A TLS error occurred: ${reason}` });
  const alert = tlsAlert(code);
  if (alert !== undefined) return new Failure('tls', { code, message: alert });
  if (code === 'ECONNRESET')
    return new Failure('tls', {
      code,
      message: 'A TLS error occurred: the server closed the connection during the handshake',
    });
  return connectFailure(error);
}

function wrongHost(error: unknown, host: string): string {
  const { cert } = error as { cert?: { subjectaltname?: string; subject?: { CN?: string } } };
  const names =
    cert?.subjectaltname?.replaceAll('DNS:', '').replaceAll('IP Address:', '') ?? cert?.subject?.CN ?? 'nobody';
  return `the server certificate is for ${names}, not for ${host}`;
}
