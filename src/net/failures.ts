/**
 * From the errors of sockets, name lookup and OpenSSL to a Failure, once: nothing above net/ sees an errno.
 * The texts of errno are the C library's, which is what Mosquitto prints.
 */
import { Failure } from '../errors.ts';
import { alertFailure } from './tls-alerts.ts';

const ERRNO_TEXT: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  EAGAIN: 'Resource temporarily unavailable',
  ECONNABORTED: 'Software caused connection abort',
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  EDQUOT: 'Disk quota exceeded',
  EFBIG: 'File too large',
  EHOSTDOWN: 'Host is down',
  EHOSTUNREACH: 'No route to host',
  EINVAL: 'Invalid argument',
  EIO: 'Input/output error',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  EMFILE: 'Too many open files',
  ENAMETOOLONG: 'File name too long',
  ENETDOWN: 'Network is down',
  ENETUNREACH: 'Network is unreachable',
  ENOENT: 'No such file or directory',
  ENOSPC: 'No space left on device',
  ENOTDIR: 'Not a directory',
  ENOTSOCK: 'Socket operation on non-socket',
  EPERM: 'Operation not permitted',
  EPIPE: 'Broken pipe',
  EPROTOTYPE: 'Protocol wrong type for socket',
  EROFS: 'Read-only file system',
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
  const { code, errors, syscall } = error as { code?: unknown; errors?: readonly unknown[]; syscall?: unknown };
  // What Node says of a name that is too long to be one.
  if (code === 'EINVAL' && syscall === 'getaddrinfo') return 'ENOTFOUND';
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
  if (error instanceof Failure) return error;
  const code = errorCode(error);
  return alertFailure(code) ?? new Failure('connection-lost', { code });
}
