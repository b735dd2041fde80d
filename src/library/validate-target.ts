/**
 * Whether a program has passed a valid target. An invalid one would make the runtime throw an exception that cannot be
 * caught while connecting, or would be misread: an empty host, for example, as localhost.
 */
import type { ProxyTarget, Target, TlsTarget, WebSocketTarget } from '../runtime/target.ts';
import { ALPN_BYTES, SOCKS_SECRET_BYTES, UNIX_PATH_BYTES } from '../util/byte-limits.ts';
import { headerField, isOfHandshake, isRequestPath } from '../util/web-socket-headers.ts';
import { invalid, mustBeInteger } from './validate.ts';

const ANY_BYTES = Number.POSITIVE_INFINITY;

/** Throws a Failure, whose message contains no password. */
export function mustBeTarget({ host, port, unixPath, tls, webSocket, proxy }: Target): void {
  mustBeInteger('port', port, 1, 0xffff);
  mustBeWords('host', host);
  if (unixPath !== undefined) mustBeWords('unixPath', unixPath, UNIX_PATH_BYTES);
  if (unixPath !== undefined && proxy !== undefined) throw invalid('proxy cannot be used with unixPath');
  if (tls !== undefined) mustBeTls(tls);
  if (webSocket !== undefined) mustBeWebSocket(webSocket);
  if (proxy !== undefined) mustBeProxy(proxy);
}

function mustBeTls({ caFile, caPath, certFile, keyFile, ciphers, version, alpn }: TlsTarget): void {
  for (const [name, value] of Object.entries({ caFile, caPath, certFile, keyFile, ciphers }))
    if (value !== undefined) mustBeWords(`tls.${name}`, value);
  if (alpn !== undefined) mustBeWords('tls.alpn', alpn, ALPN_BYTES);
  if (version !== undefined && version !== 'TLSv1.2' && version !== 'TLSv1.3')
    throw invalid("tls.version must be 'TLSv1.2' or 'TLSv1.3'");
  if ((certFile === undefined) !== (keyFile === undefined))
    throw invalid('tls.certFile and tls.keyFile must be set together');
}

function mustBeWebSocket({ path, headers }: WebSocketTarget): void {
  if (typeof path !== 'string' || !isRequestPath(path))
    throw invalid("webSocket.path must begin with '/' and be ASCII without spaces and '#'");
  if (!Array.isArray(headers)) throw invalid('webSocket.headers must be pairs of name and value');
  for (const header of headers) {
    const [name, value] = Array.isArray(header) && header.length === 2 ? header : [];
    if (typeof name !== 'string' || typeof value !== 'string' || headerField(`${name}:${value}`)?.[0] !== name)
      throw invalid('webSocket.headers must be pairs of name and value, each in one line of ASCII');
    if (isOfHandshake(name)) throw invalid(`The WebSocket header ${name} cannot be set`);
  }
}

function mustBeProxy({ kind, host, port, username, password }: ProxyTarget): void {
  if (kind !== 'socks5h' && kind !== 'http') throw invalid("proxy.kind must be 'socks5h' or 'http'");
  mustBeWords('proxy.host', host);
  mustBeInteger('proxy.port', port, 1, 0xffff);
  const most = kind === 'http' ? ANY_BYTES : SOCKS_SECRET_BYTES;
  if (username !== undefined) mustBeWords('proxy.username', username, most);
  if (password === undefined) return;
  if (username === undefined) throw invalid('proxy.password needs proxy.username');
  if (password !== '') mustBeWords('proxy.password', password, most);
}

/** `value` may be anything, because types do not bind a program in JavaScript. */
function mustBeWords(what: string, value: unknown, most: number = ANY_BYTES): void {
  if (typeof value !== 'string' || value === '' || value.includes('\0'))
    throw invalid(`${what} must be text that is not empty, without U+0000`);
  if (Buffer.byteLength(value) > most) throw invalid(`${what} must have at most ${most} bytes`);
}
