/**
 * `--proxy`: `socks5h://[user[:password]@]host[:port]`, and the same with `http://`. Percent-encoding is decoded in
 * every part; IPv6 addresses are in brackets. A message about an invalid URL never contains the password.
 */
import type { ProxyTarget } from '../../runtime/target.ts';
import { SOCKS_SECRET_BYTES } from '../../util/byte-limits.ts';
import { isPlainText } from '../../util/utf8.ts';
import { ofProxy } from '../complaint.ts';
import { percentDecoded, type Word } from '../words/words.ts';
import type { Kind } from './kinds.ts';

interface ProxyScheme {
  readonly kind: ProxyTarget['kind'];
  readonly defaultPort: number;
  /** Whether a user name may contain a colon. In HTTP, a colon ends it [RFC 7617, 2]. */
  readonly colonInUser: boolean;
  /** Most bytes of the user name, and of the password. */
  readonly maxBytes: number;
}

const SCHEMES: Readonly<Record<string, ProxyScheme>> = {
  socks5h: { kind: 'socks5h', defaultPort: 1080, colonInUser: true, maxBytes: SOCKS_SECRET_BYTES },
  http: { kind: 'http', defaultPort: 8080, colonInUser: false, maxBytes: 4096 },
};

const invalid = (reason: string) => ofProxy(`Error: Invalid proxy: ${reason}.`);
const colonInUser = () => ofProxy("Error: Username cannot contain ':'.");

export function proxyUrl(): Kind<ProxyTarget> {
  return { type: 'url', read: readProxyUrl };
}

/** Splits the URL as Latin-1, one character for each byte, as that of `-L`. */
function readProxyUrl(word: Word): ProxyTarget {
  const latin1 = Buffer.from(word.bytes).toString('latin1');
  const parts = /^([a-z\d]+):\/\/(.*?)\/?$/s.exec(latin1);
  const name = parts?.[1] ?? '';
  const scheme = Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : undefined;
  if (parts === null || scheme === undefined)
    throw ofProxy(`Error: Unsupported proxy protocol: ${masked(word.text)}`).hinting(
      'Use socks5h://HOST:PORT or http://HOST:PORT.',
    );
  const authority = parts[2]!;
  const at = authority.lastIndexOf('@');
  return {
    kind: scheme.kind,
    ...(at < 0 ? {} : readUser(authority.slice(0, at), scheme)),
    ...readServer(authority.slice(at + 1), scheme.defaultPort),
  };
}

/** The URL with asterisks instead of its password, whatever else it contains. */
function masked(url: string): string {
  return url.replace(/^(.*?:\/\/)?([^:]*):.*@/s, '$1$2:***@');
}

function readUser(user: string, scheme: ProxyScheme): Pick<ProxyTarget, 'username' | 'password'> {
  const [name = '', secret, more] = user.split(':');
  if (more !== undefined) throw colonInUser();
  if (name === '') throw invalid('the user name is empty');
  const username = credential(name, scheme.maxBytes);
  if (!scheme.colonInUser && username.includes(':')) throw colonInUser();
  return secret === undefined ? { username } : { username, password: credential(secret, scheme.maxBytes) };
}

function credential(latin1: string, maxBytes: number): string {
  const { text, wellFormed, bytes } = decode(latin1);
  if (!wellFormed || text.includes('\0')) throw invalid('user name and password must be text in UTF-8');
  if (bytes.length > maxBytes) throw invalid(`user name and password may have ${maxBytes} bytes each`);
  return text;
}

function readServer(server: string, defaultPort: number): Pick<ProxyTarget, 'host' | 'port'> {
  if (/\].*\[/s.test(server)) throw ofProxy('Error: Duplicate IPv6 address.');
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([^:]*))?$/s.exec(server);
  if (parts === null) throw invalid('bad host (write an IPv6 address in brackets)');
  const host = decode(parts[1] ?? parts[2]!);
  if (host.text === '') throw ofProxy('Error: Invalid proxy.');
  if (!host.wellFormed || !isPlainText(host.text)) throw invalid('bad host');
  return { host: host.text, port: parts[3] === undefined ? defaultPort : readPort(parts[3]) };
}

function readPort(typed: string): number {
  // Text instead of a number may be a password, when the host was forgotten.
  if (!/^[+-]?\d+$/.test(typed)) throw ofProxy('Error: Invalid proxy port, it must be between 1 and 65535.');
  const port = Number(typed);
  if (port < 1 || port > 65_535)
    throw ofProxy(`Error: Invalid proxy port ${typed}`).hinting('A port is a number from 1 to 65535.');
  return port;
}

const decode = (latin1: string): Word => percentDecoded(latin1, invalid);
