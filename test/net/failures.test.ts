/**
 * What to change when no connection can be made, and what kind of failure that is.
 * Covers src/net/dial-trace.ts.
 */
import { describe, expect, it } from 'vitest';
import { hintFor } from '../../src/cli/advice.ts';
import { Failure } from '../../src/errors.ts';
import type { Endpoint } from '../../src/net/dial-trace.ts';
import {
  connectAdvice,
  connectFailure,
  errorCode,
  familiesDiffer,
  lookupAdvice,
  streamFailure,
} from '../../src/net/failures.ts';

const HOST: Endpoint = { host: 'h', port: 1883, what: 'broker' };
const FROM: Endpoint = { ...HOST, localAddress: '192.0.2.1' };
const UNIX: Endpoint = { host: '', port: 0, unixPath: '/s', what: 'broker' };
const NO_ROUTE = 'No route leads to h. Check the network and the address.';
const FIREWALL = 'A firewall or the system does not allow connections to h port 1883.';
const PERMISSIONS = "You have no permission for '/s' or a directory above it.";

describe('the advice', () => {
  it.each<[code: string, place: Endpoint, advice: string | undefined]>([
    ['ECONNREFUSED', HOST, 'Nothing listens on h port 1883. Start the broker, or check -h and -p.'],
    ['ECONNREFUSED', { ...HOST, what: 'proxy' }, 'Nothing listens on h port 1883. Start the proxy, or check --proxy.'],
    ['ECONNRESET', HOST, 'h port 1883 closes connections at once. Check the port.'],
    ['ETIMEDOUT', HOST, 'h does not answer on port 1883. Check the address and the firewalls.'],
    ...['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN'].map(
      (code) => [code, HOST, NO_ROUTE] as [string, Endpoint, string],
    ),
    ['EADDRNOTAVAIL', HOST, 'No connection can be made to h. Check the address.'],
    ['EADDRNOTAVAIL', FROM, '192.0.2.1 is not an address of this machine. Check -A.'],
    [
      'EAFNOSUPPORT',
      { ...FROM, host: '::1' },
      '::1 cannot be reached from 192.0.2.1. Give -A an IPv6 address of this machine, or omit it.',
    ],
    [
      'EAFNOSUPPORT',
      { ...HOST, localAddress: '::1' },
      'h cannot be reached from ::1. Give -A an IPv4 address of this machine, or omit it.',
    ],
    ['EINVAL', HOST, 'No connection can be made to h. Check the address.'],
    ['EINVAL', FROM, 'No connection can be made from 192.0.2.1 to h. Check -A.'],
    ['EACCES', HOST, FIREWALL],
    ['EPERM', HOST, FIREWALL],
    ['EMFILE', HOST, 'Too many files are open. Raise the limit with ulimit -n.'],
    ['EWHATEVER', HOST, undefined],
    ['ENOTSOCK', HOST, undefined],
    ['ENOTFOUND', HOST, "The name 'h' is unknown. Check its spelling, or add the domain."],
    ['ENOTFOUND', FROM, "The name 'h' is unknown, or has no IPv4 address, which -A 192.0.2.1 needs."],
    ['EAI_AGAIN', FROM, "No DNS server answers for 'h'. Check the network."],
    ['ENOENT', UNIX, "The socket '/s' does not exist. Start the broker, or check the path."],
    ['ENOTDIR', UNIX, "The socket '/s' does not exist. Start the broker, or check the path."],
    ['ECONNREFUSED', UNIX, "Nothing listens on '/s'. Start the broker, or check the path."],
    ['EAGAIN', UNIX, "Too many connections wait at '/s'. The broker is busy or hangs."],
    ['ENOTSOCK', UNIX, "'/s' is not a socket."],
    ['EACCES', UNIX, PERMISSIONS],
    ['EPERM', UNIX, PERMISSIONS],
    ['EPROTOTYPE', UNIX, "'/s' is a socket of another type."],
    ['EMFILE', UNIX, 'Too many files are open. Raise the limit with ulimit -n.'],
    ['ETIMEDOUT', UNIX, undefined],
  ])('for %s at %j', (code, place, advice) => {
    expect(hintFor(connectAdvice({ code }, place))).toBe(advice);
  });

  it('for a path that is not of a socket', () => {
    const unixPath = import.meta.dirname;
    const advice = connectAdvice({ code: 'ECONNREFUSED' }, { ...UNIX, unixPath });
    expect(hintFor(advice)).toBe(`'${unixPath}' is not a socket.`);
  });

  it.each([
    ['ENOTFOUND', '', undefined, 'The host name is empty.'],
    ['EAI_AGAIN', 'h', undefined, "No DNS server answers for 'h'. Check the network."],
    ['ESERVFAIL', 'h', undefined, "No DNS server answers for 'h'. Check the network."],
    ['EAI_FAIL', 'h', '::1', "No DNS server answers for 'h'. Check the network."],
    ['ENODATA', 'h', '::1', "The name 'h' is unknown, or has no IPv6 address, which -A ::1 needs."],
  ])('for %s of the name %j', (code, name, from, advice) => {
    expect(hintFor(lookupAdvice(code, name, from))).toBe(advice);
  });

  it.each([
    ['127.0.0.1', undefined, false],
    ['127.0.0.1', '192.0.2.1', false],
    ['127.0.0.1', '::1', true],
    ['::1', '192.0.2.1', true],
    ['::1', '2001:db8::1', false],
    ['name.test', '::1', false],
    ['10.test', '::1', false],
  ])('%s and %s are of two families: %s', (host, localAddress, differ) => {
    expect(familiesDiffer({ ...HOST, host, localAddress })).toBe(differ);
  });
});

describe('the code of an error', () => {
  it.each<[error: unknown, code: string]>([
    [{ code: 'ECONNREFUSED' }, 'ECONNREFUSED'],
    [{ errors: [{ code: 'ETIMEDOUT' }, { code: 'ECONNREFUSED' }] }, 'ETIMEDOUT'],
    [{ code: 'EPERM', errors: [{ code: 'ETIMEDOUT' }] }, 'EPERM'],
    [{ code: 'EINVAL', syscall: 'getaddrinfo' }, 'ENOTFOUND'],
    [{ code: 'EINVAL', syscall: 'connect' }, 'EINVAL'],
    [{ code: 'EPERM', syscall: 'getaddrinfo' }, 'EPERM'],
    [{ code: 5 }, ''],
    [{ errors: [] }, ''],
    [new Error('x'), ''],
    [undefined, ''],
    [null, ''],
    ['ECONNREFUSED', ''],
  ])('like %j is %j', (error, code) => {
    expect(errorCode(error)).toBe(code);
  });
});

describe('a connection', () => {
  it.each<[error: object, kind: string, message: string]>([
    [{ code: 'ECONNREFUSED' }, 'connect', 'Connection refused'],
    [{ code: 'ETIMEDOUT' }, 'connect', 'Connection timed out'],
    [{}, 'connect', 'Connection refused'],
    ...['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME', 'ENODATA', 'ESERVFAIL'].map(
      (code) => [{ code }, 'lookup', 'Lookup error'] as [object, string, string],
    ),
  ])('that cannot be made, by %j, fails as %s', (error, kind, message) => {
    expect(connectFailure(error, { advice: 'do this' })).toMatchObject({ kind, message, advice: 'do this' });
  });

  it('that breaks fails with its own failure, one of TLS, or as lost', () => {
    const failure = new Failure('proxy');
    expect(streamFailure(failure)).toBe(failure);
    expect(streamFailure({ code: 'ECONNRESET' })).toMatchObject({ kind: 'connection-lost', code: 'ECONNRESET' });
    expect(streamFailure(undefined)).toMatchObject({ kind: 'connection-lost' });
    expect(streamFailure({ code: 'ERR_SSL_UNEXPECTED_EOF_WHILE_READING' })).toMatchObject({ kind: 'connection-lost' });
    expect(streamFailure({ code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME' })).toMatchObject({ kind: 'tls', status: 8 });
  });
});
