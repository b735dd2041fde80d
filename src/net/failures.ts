/**
 * Which Failure describes an error of a socket or a name lookup, and what to change: layers above net/ do not see error
 * codes of the system.
 */
import { statSync } from 'node:fs';
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
  if (name === '') return { advice: 'The host name is empty.' };
  if (code === 'EAI_AGAIN' || code === 'ESERVFAIL' || code === 'EAI_FAIL')
    return { advice: `No DNS server answers for '${name}'. Check the network.` };
  if (from === undefined) return { advice: `The name '${name}' is unknown. Check its spelling, or add the domain.` };
  const family = familyOf(from);
  return {
    advice: `The name '${name}' is unknown, or has no ${family} address, which the local address ${from} needs.`,
    remedy: { code: 'name-of-other-family', name, from, family },
  };
}

const familyOf = (address: string): string => (address.includes(':') ? 'IPv6' : 'IPv4');

/** Whether local and remote address are of different families, so that no connection between them is possible. */
export const familiesDiffer = ({ host, localAddress }: Endpoint): boolean =>
  localAddress !== undefined && /^[\d.]+$|:/.test(host) && familyOf(localAddress) !== familyOf(host);

type ByCode = Readonly<Record<string, (endpoint: Endpoint) => string | Advice>>;

const noRoute = ({ host }: Endpoint): string => `No route leads to ${host}. Check the network and the address.`;

const notAllowed = ({ host, port }: Endpoint): string =>
  `A firewall or the system does not allow connections to ${host} port ${port}.`;

const tooManyFiles = (): string => 'Too many files are open. Raise the limit with ulimit -n.';

const TCP: ByCode = {
  ECONNREFUSED: ({ host, port, what }) => ({
    advice: `Nothing listens on ${host} port ${port}. Start the ${what}, or check the host and port.`,
    remedy: { code: 'nothing-listens', host, port, what },
  }),
  ECONNRESET: ({ host, port }) => `${host} port ${port} closes connections at once. Check the port.`,
  ETIMEDOUT: ({ host, port }) => `${host} does not answer on port ${port}. Check the address and the firewalls.`,
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  EHOSTDOWN: noRoute,
  ENETDOWN: noRoute,
  EADDRNOTAVAIL: ({ host, localAddress }) =>
    localAddress === undefined
      ? `No connection can be made to ${host}. Check the address.`
      : { advice: `${localAddress} is not an address of this machine.`, remedy: { code: 'local-address' } },
  EAFNOSUPPORT: ({ host, localAddress: from = '' }) => {
    const family = familyOf(host);
    return {
      advice: `${host} cannot be reached from ${from}. Use an ${family} address of this machine.`,
      remedy: { code: 'address-of-other-family', host, from, family },
    };
  },
  EINVAL: ({ host, localAddress }) =>
    localAddress === undefined
      ? `No connection can be made to ${host}. Check the address.`
      : { advice: `No connection can be made from ${localAddress} to ${host}.`, remedy: { code: 'local-address' } },
  EACCES: notAllowed,
  EPERM: notAllowed,
  EMFILE: tooManyFiles,
};

const noSocket = ({ unixPath, what }: Endpoint): string =>
  `The socket '${unixPath}' does not exist. Start the ${what}, or check the path.`;

const notPermitted = ({ unixPath }: Endpoint): string =>
  `You have no permission for '${unixPath}' or a directory above it.`;

/** Whether the path is of something else than a socket: Linux reports both in the same way. */
function isOtherFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() === false;
}

const UNIX: ByCode = {
  ENOENT: noSocket,
  ENOTDIR: noSocket,
  ECONNREFUSED: ({ unixPath = '', what }) =>
    isOtherFile(unixPath)
      ? `'${unixPath}' is not a socket.`
      : `Nothing listens on '${unixPath}'. Start the ${what}, or check the path.`,
  EAGAIN: ({ unixPath, what }) => `Too many connections wait at '${unixPath}'. The ${what} is busy or hangs.`,
  ENOTSOCK: ({ unixPath }) => `'${unixPath}' is not a socket.`,
  EACCES: notPermitted,
  EPERM: notPermitted,
  EPROTOTYPE: ({ unixPath }) => `'${unixPath}' is a socket of another type.`,
  EMFILE: tooManyFiles,
};
