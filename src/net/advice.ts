/** What to change when a connection could not be made: one line for each cause. */
import { errorCode, isLookupCode } from './failures.ts';

/** What was to be connected to. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly unixPath?: string | undefined;
  readonly localAddress?: string | undefined;
  /** What is expected to listen there. */
  readonly what: 'broker' | 'proxy';
}

/** Undefined: nothing is known that would help. */
export function connectAdvice(error: unknown, place: Place): string | undefined {
  const code = errorCode(error);
  if (isLookupCode(code)) return lookupAdvice(code, place.host, place.localAddress);
  return (place.unixPath === undefined ? TCP : UNIX)[code]?.(place);
}

/** `from`: the address of `-A`, of whose family only are looked for. */
export function lookupAdvice(code: string, name: string, from?: string): string {
  if (name === '') return 'the name of the host is empty';
  if (code === 'EAI_AGAIN' || code === 'ESERVFAIL' || code === 'EAI_FAIL')
    return `the DNS server does not answer for ${name}: is the network up?`;
  if (from !== undefined)
    return `the name ${name} is not known, or has no ${familyOf(from)} address, which -A ${from} needs: see -A`;
  return `the name ${name} is not known: is it spelled right, does it need a domain?`;
}

const familyOf = (address: string): string => (address.includes(':') ? 'IPv6' : 'IPv4');

/** Whether our end is an address of another family than the other end, which then cannot be reached from there. */
export const familiesDiffer = ({ host, localAddress }: Place): boolean =>
  localAddress !== undefined && /^[\d.]+$|:/.test(host) && familyOf(localAddress) !== familyOf(host);

type Advice = Readonly<Record<string, (place: Place) => string>>;

const noRoute = ({ host }: Place): string => `no route leads to ${host}: is the network up, is the address right?`;

const TCP: Advice = {
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
      : `${localAddress} is no address of this machine: see -A`,
  EAFNOSUPPORT: ({ host, localAddress = '' }) =>
    `${host} cannot be reached from ${localAddress}: give -A an ${familyOf(host)} address of this machine, or leave it out`,
  EINVAL: ({ host, localAddress }) =>
    localAddress === undefined
      ? `no connection can be made to ${host}: is the address right?`
      : `no connection can be made from ${localAddress} to ${host}: see -A`,
  EACCES: ({ host, port }) => `a firewall or the system does not allow connections to ${host} port ${port}`,
  EPERM: ({ host, port }) => `a firewall or the system does not allow connections to ${host} port ${port}`,
  EMFILE: () => 'too many files are open: see ulimit -n',
};

const UNIX: Advice = {
  ENOENT: ({ unixPath, what }) => `there is no socket ${unixPath}: is the ${what} running, is the path right?`,
  ENOTDIR: ({ unixPath, what }) => `there is no socket ${unixPath}: is the ${what} running, is the path right?`,
  ECONNREFUSED: ({ unixPath, what }) => `nothing listens on ${unixPath}: is it a socket, is the ${what} running?`,
  EAGAIN: ({ unixPath, what }) =>
    `too many connections wait to be taken at ${unixPath}: does the ${what} hang, or is it busy?`,
  ENOTSOCK: ({ unixPath }) => `${unixPath} is not a socket`,
  EACCES: ({ unixPath }) => `the permissions of ${unixPath}, or of a folder above it, do not let you in`,
  EPERM: ({ unixPath }) => `the permissions of ${unixPath}, or of a folder above it, do not let you in`,
  EPROTOTYPE: ({ unixPath }) => `${unixPath} is a socket of another kind`,
  EMFILE: () => 'too many files are open: see ulimit -n',
};
