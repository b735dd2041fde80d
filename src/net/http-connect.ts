/** How an open stream to an HTTP proxy becomes one to the broker, with CONNECT. Loaded only when needed. */
import type { Duplex } from 'node:stream';
import { type Advice, Failure } from '../errors.ts';
import type { ProxyTarget } from '../runtime/target.ts';
import { printable } from '../util/printable.ts';
import { type Answer, bracketed, HANDSHAKE_WAIT, readAnswer, wireHost } from './read-reply.ts';

/** Most bytes of status line and header fields that a proxy may send. */
const LONGEST_HEADER = 64 * 1024;

/** Resolves with the stream to the broker. Rejects with a Failure. */
export async function openHttpConnect(
  lower: Duplex,
  proxy: ProxyTarget,
  destination: { host: string; port: number },
  wait = HANDSHAKE_WAIT,
): Promise<Duplex> {
  const broker = `${bracketed(wireHost(destination.host))}:${destination.port}`;
  const lines = [`CONNECT ${broker} HTTP/1.1`, `Host: ${broker}`];
  if (proxy.username !== undefined) {
    const credentials = Buffer.from(`${proxy.username}:${proxy.password ?? ''}`).toString('base64');
    lines.push(`Proxy-Authorization: Basic ${credentials}`);
  }
  lower.write(`${lines.join('\r\n')}\r\n\r\n`);

  let header = Buffer.alloc(0);
  const take = (bytes: Buffer): Answer<string> => {
    header = Buffer.concat([header, bytes]);
    for (;;) {
      if (!'HTTP/1.'.startsWith(header.toString('latin1', 0, 7))) throw noHttp(proxy);
      const end = endOfHeader(header) ?? Infinity;
      if (Math.min(end, header.length) > LONGEST_HEADER) throw noHttp(proxy);
      if (end === Infinity) return undefined;
      const result = header.toString('latin1', 0, end);
      // Interim responses precede the final one (RFC 9110, 15.2).
      if (!/^HTTP\/1\.\d 1\d\d/.test(result)) return { result, used: bytes.length - (header.length - end) };
      header = header.subarray(end);
    }
  };
  judge(await readAnswer(lower, take, (reason) => failure(reason, adviceOf(proxy)), wait), proxy, broker);
  return lower;
}

/** The end of the empty line; lines may end without a carriage return (RFC 9112, 2.2). */
function endOfHeader(bytes: Buffer): number | undefined {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return at + 2;
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3;
  }
  return undefined;
}

/** Throws a Failure for every status that is not a success. */
function judge(header: string, proxy: ProxyTarget, broker: string): void {
  const match = /^HTTP\/1\.\d (\d{3})( [^\r\n]*)?\r?\n/.exec(header);
  if (match === null) throw noHttp(proxy);
  const [, code = '', reason = ''] = match;
  if (code.startsWith('2')) return;
  const answer = printable(`${code}${reason}`).trim();
  if (code === '407') {
    const said =
      proxy.username === undefined ? 'requires a user name and password' : 'rejected the user name or password';
    throw new Failure('auth', {
      message: `${new Failure('auth').message}: the proxy ${said} (${answer})`,
      advice: 'Check the user name and password of the proxy.',
      remedy: { code: 'proxy-credentials', kind: 'http' },
    });
  }
  throw failure(
    `the proxy answered ${answer} to CONNECT ${broker}`,
    code in ADVICE ? { advice: ADVICE[code] } : adviceOf(proxy),
  );
}

const ADVICE: Readonly<Record<string, string>> = {
  403: 'Ask the operator of the proxy whether it allows this host and port. Many allow only port 443.',
  502: 'The proxy cannot reach the broker. Check the host and port.',
  503: 'The proxy cannot reach the broker. Check the host and port.',
  504: 'The proxy cannot reach the broker. Check the host and port.',
};

function noHttp(proxy: ProxyTarget): Failure {
  return failure('the proxy does not speak HTTP', adviceOf(proxy));
}

function adviceOf({ host, port }: ProxyTarget): Advice {
  return {
    advice: `Check that ${host} port ${port} is an HTTP proxy.`,
    remedy: { code: 'proxy-kind', kind: 'socks5h' },
  };
}

function failure(reason: string, advice: Advice): Failure {
  return new Failure('proxy', { message: `${new Failure('proxy').message}: ${reason}`, ...advice });
}
