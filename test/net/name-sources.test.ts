import { describe, expect, it } from 'vitest';
import { outlook } from '../../src/net/name-sources.ts';

const SOURCES = 'passwd: files\nhosts: files dns # as Debian has it\n';
const HOSTS = '127.0.0.1 localhost Near\n::1 localhost six # no.names.here\n#192.0.2.1 off\n';
const FILES = { sources: SOURCES, hosts: HOSTS, servers: '' };

describe('a name in /etc/hosts', () => {
  it.each(['localhost', 'near', 'NEAR', 'six'])('is near: %s', (host) => {
    expect(outlook(host, 0, FILES)).toBe('near');
  });

  it.each(['no.names.here', 'off', 'nea', '127.0.0.1x'])(
    'is a whole word of a line that is not a comment: %s',
    (host) => {
      expect(outlook(host, 0, FILES)).toEqual([host]);
    },
  );

  it('is near for the families of its addresses', () => {
    expect([4, 6].map((family) => outlook('localhost', family, FILES))).toEqual(['near', 'near']);
    expect([4, 6].map((family) => outlook('six', family, FILES))).toEqual([['six'], 'near']);
    expect([4, 6].map((family) => outlook('near', family, FILES))).toEqual(['near', ['near']]);
  });

  it('is near only where that file comes first', () => {
    expect(outlook('near', 0, { ...FILES, sources: 'hosts: resolve [!UNAVAIL=return] files dns' })).toEqual(['near']);
  });
});

describe('other sources than the DNS servers', () => {
  it.each(['hosts: files ldap dns', 'hosts: files dns wins', '  hosts:\tfiles sss'])('may be slow: %s', (sources) => {
    expect(outlook('broker.test', 0, { ...FILES, sources })).toBe('unknown');
    expect(outlook('near', 0, { ...FILES, sources })).toBe('near');
  });

  it.each([
    'hosts: files mdns4_minimal [NOTFOUND=return] dns',
    'hosts: mymachines resolve [!UNAVAIL=return] files myhostname mdns dns',
  ])('that know .local only do not matter elsewhere: %s', (sources) => {
    expect(outlook('broker.test', 0, { ...FILES, sources })).toEqual(['broker.test']);
    for (const host of ['printer.local', 'Printer.LOCAL.'])
      expect(outlook(host, 0, { ...FILES, sources })).toBe('unknown');
  });

  it('are missing when no file names them', () => {
    for (const sources of ['', 'passwd: ldap\n'])
      expect(outlook('broker.local', 0, { ...FILES, sources })).toEqual(['broker.local']);
  });
});

describe('the DNS servers are asked for', () => {
  it.each([
    ['broker', '', ['broker']],
    ['broker', 'search a.test b.test\n', ['broker.a.test', 'broker.b.test', 'broker']],
    ['broker.x', 'search a.test b.test\n', ['broker.x', 'broker.x.a.test', 'broker.x.b.test']],
    ['broker.x', 'search a.test\noptions timeout:1 ndots:2 rotate\n', ['broker.x.a.test', 'broker.x']],
    ['broker.x.', 'search a.test\noptions ndots:5\n', ['broker.x.']],
    ['broker', 'domain a.test\n', ['broker.a.test', 'broker']],
    ['broker', 'search a.test\nsearch . b.test\n', ['broker.b.test', 'broker']],
    ['broker', '# search a.test\n;search b.test\n', ['broker']],
  ])('%s with %j, in turn: %j', (host, servers, names) => {
    expect(outlook(host, 0, { ...FILES, servers })).toEqual(names);
  });
});
