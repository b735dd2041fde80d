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
const NO_ROUTE = 'no route leads to h: is the network up, is the address right?';
const FIREWALL = 'a firewall or the system does not allow connections to h port 1883';
const PERMISSIONS = 'the permissions of /s, or of a folder above it, do not let you in';

describe('the advice', () => {
  it.each<[code: string, place: Endpoint, advice: string | undefined]>([
    ['ECONNREFUSED', HOST, 'nothing listens on h port 1883: is the broker running, is the port right?'],
    [
      'ECONNREFUSED',
      { ...HOST, what: 'proxy' },
      'nothing listens on h port 1883: is the proxy running, is the port right?',
    ],
    ['ECONNRESET', HOST, 'something at h port 1883 ends connections at once: is the port right?'],
    ['ETIMEDOUT', HOST, 'h does not answer on port 1883: is the address right, does a firewall drop it?'],
    ...['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN'].map(
      (code) => [code, HOST, NO_ROUTE] as [string, Endpoint, string],
    ),
    ['EADDRNOTAVAIL', HOST, 'no connection can be made to h: is the address right?'],
    ['EADDRNOTAVAIL', FROM, '192.0.2.1 is no address of this machine: see -A'],
    [
      'EAFNOSUPPORT',
      { ...FROM, host: '::1' },
      '::1 cannot be reached from 192.0.2.1: give -A an IPv6 address of this machine, or leave it out',
    ],
    [
      'EAFNOSUPPORT',
      { ...HOST, localAddress: '::1' },
      'h cannot be reached from ::1: give -A an IPv4 address of this machine, or leave it out',
    ],
    ['EINVAL', HOST, 'no connection can be made to h: is the address right?'],
    ['EINVAL', FROM, 'no connection can be made from 192.0.2.1 to h: see -A'],
    ['EACCES', HOST, FIREWALL],
    ['EPERM', HOST, FIREWALL],
    ['EMFILE', HOST, 'too many files are open: see ulimit -n'],
    ['EWHATEVER', HOST, undefined],
    ['ENOTSOCK', HOST, undefined],
    ['ENOTFOUND', HOST, 'the name h is not known: is it spelled right, does it need a domain?'],
    ['ENOTFOUND', FROM, 'the name h is not known, or has no IPv4 address, which -A 192.0.2.1 needs: see -A'],
    ['EAI_AGAIN', FROM, 'the DNS server does not answer for h: is the network up?'],
    ['ENOENT', UNIX, 'there is no socket /s: is the broker running, is the path right?'],
    ['ENOTDIR', UNIX, 'there is no socket /s: is the broker running, is the path right?'],
    ['ECONNREFUSED', UNIX, 'nothing listens on /s: is it a socket, is the broker running?'],
    ['EAGAIN', UNIX, 'too many connections wait to be taken at /s: does the broker hang, or is it busy?'],
    ['ENOTSOCK', UNIX, '/s is not a socket'],
    ['EACCES', UNIX, PERMISSIONS],
    ['EPERM', UNIX, PERMISSIONS],
    ['EPROTOTYPE', UNIX, '/s is a socket of another kind'],
    ['EMFILE', UNIX, 'too many files are open: see ulimit -n'],
    ['ETIMEDOUT', UNIX, undefined],
  ])('for %s at %j', (code, place, advice) => {
    expect(hintFor(connectAdvice({ code }, place))).toBe(advice);
  });

  it.each([
    ['ENOTFOUND', '', undefined, 'the name of the host is empty'],
    ['EAI_AGAIN', 'h', undefined, 'the DNS server does not answer for h: is the network up?'],
    ['ESERVFAIL', 'h', undefined, 'the DNS server does not answer for h: is the network up?'],
    ['EAI_FAIL', 'h', '::1', 'the DNS server does not answer for h: is the network up?'],
    ['ENODATA', 'h', '::1', 'the name h is not known, or has no IPv6 address, which -A ::1 needs: see -A'],
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
