/** From the errors of sockets, name lookup and OpenSSL to a Failure, once: nothing above net/ sees an errno. */
import { type Advice, Failure } from '../errors.ts';
import { reasonOf } from '../util/errno.ts';
import { alertFailure } from './tls-alerts.ts';

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

/** A connection that could not be made. */
export function connectFailure(error: unknown, advice: Advice = {}): Failure {
  const code = errorCode(error);
  if (isLookupCode(code)) return new Failure('lookup', { code, ...advice });
  return new Failure('connect', { code, message: reasonOf(code || 'ECONNREFUSED'), ...advice });
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
