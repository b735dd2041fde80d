/**
 * Which Failure describes an error of a socket or a name lookup, and what to change: layers above net/ do not see error
 * codes of the system.
 */
import { type Advice, Failure } from '../errors.ts';
import { reasonOf } from '../util/errno.ts';
import type { Endpoint } from './dial-trace.ts';
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

/** The code of an error, for example `ECONNREFUSED`; for several attempts, the code of the first. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, errors, syscall } = error as { code?: unknown; errors?: readonly unknown[]; syscall?: unknown };
  // Node reports a host name that is too long in this way.
  if (code === 'EINVAL' && syscall === 'getaddrinfo') return 'ENOTFOUND';
  if (typeof code === 'string') return code;
  return errors?.[0] === undefined ? '' : errorCode(errors[0]);
}

/** The failure of a connection that could not be made. */
export function connectFailure(error: unknown, advice: Advice = {}): Failure {
  const code = errorCode(error);
  if (isLookupCode(code)) return new Failure('lookup', { code, ...advice });
  return new Failure('connect', { code, message: reasonOf(code || 'ECONNREFUSED'), ...advice });
}

/** Whether this is the code of a failed name lookup. */
export function isLookupCode(code: string): boolean {
  return LOOKUP_CODES.has(code);
}

/** The failure of a connection that broke after it was open. */
export function streamFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = errorCode(error);
  return alertFailure(code) ?? new Failure('connection-lost', { code });
}

/** Empty when no advice is known. */
export function connectAdvice(error: unknown, endpoint: Endpoint): Advice {
  const code = errorCode(error);
  if (isLookupCode(code)) return lookupAdvice(code, endpoint.host, endpoint.localAddress);
  const advice = (endpoint.unixPath === undefined ? TCP : UNIX)[code]?.(endpoint);
  return typeof advice === 'string' ? { advice } : (advice ?? {});
}

/** `from`: the local address; only addresses of its family are looked up. */
export function lookupAdvice(code: string, name: string, from?: string): Advice {
  if (name === '') return { advice: 'the name of the host is empty' };
  if (code === 'EAI_AGAIN' || code === 'ESERVFAIL' || code === 'EAI_FAIL')
    return { advice: `the DNS server does not answer for ${name}: is the network up?` };
  if (from === undefined)
    return { advice: `the name ${name} is not known: is it spelled right, does it need a domain?` };
  const family = familyOf(from);
  return {
    advice: `the name ${name} is not known, or has no ${family} address, which the local address ${from} needs`,
    remedy: { code: 'name-of-other-family', name, from, family },
  };
}

const familyOf = (address: string): string => (address.includes(':') ? 'IPv6' : 'IPv4');

/** Whether local and remote address are of different families, so that no connection between them is possible. */
export const familiesDiffer = ({ host, localAddress }: Endpoint): boolean =>
  localAddress !== undefined && /^[\d.]+$|:/.test(host) && familyOf(localAddress) !== familyOf(host);

type ByCode = Readonly<Record<string, (endpoint: Endpoint) => string | Advice>>;

const noRoute = ({ host }: Endpoint): string => `no route leads to ${host}: is the network up, is the address right?`;

const notAllowed = ({ host, port }: Endpoint): string =>
  `a firewall or the system does not allow connections to ${host} port ${port}`;

const tooManyFiles = (): string => 'too many files are open: see ulimit -n';

const TCP: ByCode = {
  ECONNREFUSED: ({ host, port, what }) =>
    `nothing listens on ${host} port ${port}: is the ${what} running, is the port right?`,
  ECONNRESET: ({ host, port }) => `something at ${host} port ${port} ends connections at once: is the port right?`,
  ETIMEDOUT: ({ host, port }) =>
    `${host} does not answer on port ${port}: is the address right, does a firewall drop it?`,
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  EHOSTDOWN: noRoute,
  ENETDOWN: noRoute,
  EADDRNOTAVAIL: ({ host, localAddress }) =>
    localAddress === undefined
      ? `no connection can be made to ${host}: is the address right?`
      : { advice: `${localAddress} is no address of this machine`, remedy: { code: 'local-address' } },
  EAFNOSUPPORT: ({ host, localAddress: from = '' }) => {
    const family = familyOf(host);
    return {
      advice: `${host} cannot be reached from ${from}: that takes an ${family} address of this machine`,
      remedy: { code: 'address-of-other-family', host, from, family },
    };
  },
  EINVAL: ({ host, localAddress }) =>
    localAddress === undefined
      ? `no connection can be made to ${host}: is the address right?`
      : { advice: `no connection can be made from ${localAddress} to ${host}`, remedy: { code: 'local-address' } },
  EACCES: notAllowed,
  EPERM: notAllowed,
  EMFILE: tooManyFiles,
};

const noSocket = ({ unixPath, what }: Endpoint): string =>
  `there is no socket ${unixPath}: is the ${what} running, is the path right?`;

const notPermitted = ({ unixPath }: Endpoint): string =>
  `the permissions of ${unixPath}, or of a folder above it, do not let you in`;

const UNIX: ByCode = {
  ENOENT: noSocket,
  ENOTDIR: noSocket,
  ECONNREFUSED: ({ unixPath, what }) => `nothing listens on ${unixPath}: is it a socket, is the ${what} running?`,
  EAGAIN: ({ unixPath, what }) =>
    `too many connections wait to be taken at ${unixPath}: does the ${what} hang, or is it busy?`,
  ENOTSOCK: ({ unixPath }) => `${unixPath} is not a socket`,
  EACCES: notPermitted,
  EPERM: notPermitted,
  EPROTOTYPE: ({ unixPath }) => `${unixPath} is a socket of another kind`,
  EMFILE: tooManyFiles,
};
