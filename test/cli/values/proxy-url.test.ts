/** `--proxy`: what is read, what is refused, and that no complaint contains a password. Covers src/util/byte-limits.ts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proxyUrl } from '../../../src/cli/values/proxy-url.ts';
import { bytesWord, textWord } from '../../../src/cli/words/words.ts';
import { withoutUsageHint } from '../../support/hint.ts';
import { complaintOf, plan, pub, stderrOf } from '../support.ts';

const read = (text: string) => proxyUrl().read(textWord(text), '--proxy');
const HINT = "Use 'tspub --help' to see usage.\n";

describe('--proxy', () => {
  it.each([
    ['socks5h://h', { kind: 'socks5h', host: 'h', port: 1080 }],
    ['socks5h://h/', { kind: 'socks5h', host: 'h', port: 1080 }],
    ['socks5h://h:1', { kind: 'socks5h', host: 'h', port: 1 }],
    ['http://h', { kind: 'http', host: 'h', port: 8080 }],
    ['http://h:65535/', { kind: 'http', host: 'h', port: 65_535 }],
    ['socks5h://[::1]', { kind: 'socks5h', host: '::1', port: 1080 }],
    ['http://[fe80::1%25eth0]:3128', { kind: 'http', host: 'fe80::1%eth0', port: 3128 }],
    ['socks5h://u@h', { kind: 'socks5h', host: 'h', port: 1080, username: 'u' }],
    ['socks5h://u:@h', { kind: 'socks5h', host: 'h', port: 1080, username: 'u', password: '' }],
    ['http://u:p@h:1', { kind: 'http', host: 'h', port: 1, username: 'u', password: 'p' }],
    [
      'socks5h://u%40x%3a:p%2F%40%25%3A@h',
      { kind: 'socks5h', host: 'h', port: 1080, username: 'u@x:', password: 'p/@%:' },
    ],
    ['socks5h://u%41:%C3%A9@h', { kind: 'socks5h', host: 'h', port: 1080, username: 'uA', password: 'é' }],
    ['socks5h://u:p@q/r@h', { kind: 'socks5h', host: 'h', port: 1080, username: 'u', password: 'p@q/r' }],
  ])('%s is read', (text, proxy) => {
    expect(read(text)).toEqual(proxy);
    expect(pub('--proxy', text).target.proxy).toEqual(proxy);
  });

  it.each(['', 'h', 'h:1080', 'ftp://h', 'socks5://h', 'SOCKS5H://h', 'https://h', '://h', 'tostring://h'])(
    "refuses the protocol of '%s'",
    (text) => {
      expect(withoutUsageHint(stderrOf(() => pub('--proxy', text)))).toBe(
        `Error: Unsupported proxy protocol: ${text}\n\n${HINT}`,
      );
    },
  );

  it.each([
    ['socks5h://', 'Error: Invalid proxy.'],
    ['socks5h://u@', 'Error: Invalid proxy.'],
    ['http://[]:1', 'Error: Invalid proxy.'],
    ['socks5h://:1', 'Error: Invalid proxy.'],
    ['socks5h://h:0', 'Error: Invalid proxy port 0'],
    ['socks5h://h:65536', 'Error: Invalid proxy port 65536'],
    ['socks5h://h:-1', 'Error: Invalid proxy port -1'],
    ['socks5h://h:', 'Error: Invalid proxy port, it must be between 1 and 65535.'],
    ['socks5h://h:1x', 'Error: Invalid proxy port, it must be between 1 and 65535.'],
    ['socks5h://u:p:x@h:1', "Error: Username cannot contain ':'."],
    ['http://u%3A:x@h:1', "Error: Username cannot contain ':'."],
    ['socks5h://[::1][::2]', 'Error: Duplicate IPv6 address.'],
    ['socks5h://:p@h', 'Error: Invalid proxy: the user name is empty.'],
    ['socks5h://@h', 'Error: Invalid proxy: the user name is empty.'],
    ['socks5h://a:b:c', 'Error: Invalid proxy: bad host (write an IPv6 address in brackets).'],
    ['socks5h://::1', 'Error: Invalid proxy: bad host (write an IPv6 address in brackets).'],
    ['socks5h://[::1', 'Error: Invalid proxy: bad host (write an IPv6 address in brackets).'],
    ['socks5h://h%00', 'Error: Invalid proxy: bad host.'],
    ['socks5h://%ff', 'Error: Invalid proxy: bad host.'],
    ['socks5h://u%4@h:1', "Error: Invalid proxy: bad percent-encoding (write '%25' for '%')."],
    ['socks5h://u:100%@h', "Error: Invalid proxy: bad percent-encoding (write '%25' for '%')."],
    ['http://h%', "Error: Invalid proxy: bad percent-encoding (write '%25' for '%')."],
    ['socks5h://u:%ff@h', 'Error: Invalid proxy: user name and password must be text in UTF-8.'],
    ['socks5h://u%00@h', 'Error: Invalid proxy: user name and password must be text in UTF-8.'],
    [`socks5h://${'u'.repeat(256)}@h`, 'Error: Invalid proxy: user name and password may have 255 bytes each.'],
    [`socks5h://u:${'%41'.repeat(256)}@h`, 'Error: Invalid proxy: user name and password may have 255 bytes each.'],
  ])('%s is refused: %s', (text, complaint) => {
    expect(withoutUsageHint(stderrOf(() => pub('--proxy', text)))).toBe(`${complaint}\n\n${HINT}`);
  });

  it('takes 255 bytes of user name and of password', () => {
    const most = 'x'.repeat(255);
    expect(read(`socks5h://${most}:${most}@h`)).toMatchObject({ username: most, password: most });
  });

  it('is told without its message, but with the hint, after --quiet', () => {
    expect(withoutUsageHint(stderrOf(() => pub('--quiet', '--proxy', 'ftp://h')))).toBe(`\n${HINT}`);
    expect(withoutUsageHint(stderrOf(() => pub('--proxy', 'ftp://h', '--quiet')))).toBe(
      `Error: Unsupported proxy protocol: ftp://h\n\n${HINT}`,
    );
  });

  it('is the last one given', () => {
    expect(pub('--proxy', 'http://a', '--proxy', 'socks5h://b').target.proxy).toMatchObject({ host: 'b' });
  });

  it.each([
    ['ftp://u:secret@h', 'ftp://u:***@h'],
    ['ftp://u:secret@x/y@h', 'ftp://u:***@h'],
    ['ftp//u:secret@h', 'ftp//u:***@h'],
    ['u:secret@h:1', 'u:***@h:1'],
    [':secret@h', ':***@h'],
  ])('shows %s as %s', (text, shown) => {
    expect(complaintOf(() => pub('--proxy', text))).toBe(`Error: Unsupported proxy protocol: ${shown}`);
  });

  it('never shows the password, whatever is wrong with the rest', () => {
    const part = fc.stringMatching(/^[a-z%:@/[\].0-9]{0,12}$/);
    fc.assert(
      fc.property(part, part, part, fc.constantFrom('socks5h', 'http', 'ftp', ''), (scheme, user, rest, known) => {
        const url = `${known || scheme}://${user}:SECRET@${rest}`;
        try {
          plan('pub', '-t', 'a', '-m', 'x', '--proxy', url);
        } catch {
          expect(stderrOf(() => plan('pub', '-t', 'a', '-m', 'x', '--proxy', url))).not.toContain('SECRET');
        }
      }),
    );
  });

  it('reads a URL that is not text as its bytes', () => {
    const word = bytesWord(Buffer.concat([Buffer.from('socks5h://u:'), Buffer.from([0xff]), Buffer.from('@h')]));
    expect(() => proxyUrl().read(word, '--proxy')).toThrow('must be text in UTF-8');
  });
});

describe('a unix socket', () => {
  it.each([
    [['--unix', '/run/s', '--proxy', 'http://h'], 'Error: --proxy and --unix argument cannot be used together.'],
    [['-h', '/run/s', '-p', '0', '--proxy', 'http://h'], 'Error: --proxy and --unix argument cannot be used together.'],
    [['--unix', '/run/s', '-S'], 'Error: -S and --unix argument cannot be used together.'],
  ])('%s is refused', (argv, complaint) => {
    expect(withoutUsageHint(stderrOf(() => pub(...argv)))).toBe(`${complaint}\n\n${HINT}`);
  });
});
