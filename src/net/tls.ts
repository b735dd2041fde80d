/** How an open stream becomes a TLS connection. The certificate is verified before the client sends data. Loaded only when needed. */
import type { X509Certificate } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { Failure } from '../errors.ts';
import { isBun } from '../runtime/features.ts';
import type { Target, TlsTarget } from '../runtime/target.ts';
import { printable } from '../util/printable.ts';
import type { DialContext, DialStep } from './dial-trace.ts';
import { HANDSHAKE_WAIT } from './read-reply.ts';
import { tlsFailure } from './tls-alerts.ts';
import { chainOf, describeChain, factsOf } from './tls-certificate.ts';
import { levelOf } from './tls-ciphers.ts';
import type { SecureSetup } from './tls-context.ts';
import { handshakeFailure, noAnswer } from './tls-failures.ts';
import { KEYLOG_MODE, keylogFailure } from './tls-files.ts';
import { checkName } from './tls-names.ts';
import { weakness } from './tls-strength.ts';

export { secureContext } from './tls-context.ts';

/** Resolves when the handshake is done and the certificate is verified. Rejects with a Failure. */
export function openTls(
  lower: Duplex,
  target: Target,
  { context, trusted }: SecureSetup,
  { step }: Pick<DialContext, 'step'>,
): Promise<TLSSocket> {
  const { tls, host } = target;
  if (tls === undefined) throw new TypeError('a target without TLS');
  const what = `TLS handshake with ${target.unixPath ?? host}`;
  return new Promise((resolve, reject) => {
    let chain: X509Certificate[] = [];
    let keyed = false;
    const socket = connect(optionsFor(target, tls, lower, context));
    const fail = (failure: Failure): void => {
      clearTimeout(late);
      socket.on('error', () => {}).destroy();
      step({
        kind: 'tls',
        what,
        outcome: failure.message,
        failed: true,
        remedy: failure.remedy,
        details: describeChain(chain),
        certificates: factsOf(chain),
      });
      reject(failure);
    };
    const onError = (error: Error): void => {
      // Bun has a verdict even before the server has proved that it owns the certificate; openTls() checks it below.
      const rejected = isBun ? error instanceof Rejected : Boolean(socket.authorizationError);
      fail(error instanceof Failure ? error : handshakeFailure(error, { host, tls, trusted, chain, keyed, rejected }));
    };
    const late = setTimeout(() => fail(noAnswer()), HANDSHAKE_WAIT);
    socket.once('close', () => clearTimeout(late));
    socket.once('error', onError);
    // Runs before Node checks the certificate: after a failed check, Node no longer has it.
    socket.prependOnceListener('secure', () => {
      chain = chainOf(socket);
    });
    socket.on('keylog', (line: Buffer) => {
      keyed = true;
      if (tls.keylogFile === undefined) return;
      try {
        appendFileSync(tls.keylogFile, line, { mode: KEYLOG_MODE });
      } catch (error) {
        socket.destroy(keylogFailure(tls.keylogFile, error));
      }
    });
    socket.once('secureConnect', () => {
      if (chain.length === 0) chain = chainOf(socket);
      if (isBun && !socket.authorized) return onError(new Rejected(socket));
      const weak = weakness(chain, trusted, levelOf(tls.ciphers));
      if (weak !== undefined) return fail(tlsFailure('CERT_TOO_WEAK', weak));
      clearTimeout(late);
      socket.removeListener('error', onError);
      step({ kind: 'tls', what, failed: false, ...agreed(socket, tls, chain), certificates: factsOf(chain) });
      resolve(socket);
    });
  });
}

/** Bun's verdict on a rejected certificate: a code like Node's, without text. */
class Rejected extends Error {
  readonly code: string;

  constructor({ authorizationError }: TLSSocket) {
    super();
    const code: unknown = authorizationError;
    const said = typeof code === 'string' ? code : (code as NodeJS.ErrnoException | undefined)?.code;
    this.code = said ?? 'CERT_REJECTED';
  }
}

function optionsFor(
  { host, unixPath }: Target,
  tls: TlsTarget,
  lower: Duplex,
  secureContext: SecureSetup['context'],
): ConnectionOptions {
  const { psk, alpn } = tls;
  // Bun discards a certificate that it rejects, so the reason could not be explained. On Bun, openTls() therefore
  // checks the verdict itself, at the same moment and before the client sends data.
  const options: ConnectionOptions = { socket: lower, secureContext, rejectUnauthorized: !isBun, host };
  // Only host names are sent as server name, not addresses (RFC 6066, 3).
  if (isIP(host) === 0) options.servername = host;
  if (alpn !== undefined) options.ALPNProtocols = [alpn];
  if (psk !== undefined) options.pskCallback = () => ({ identity: psk.identity, psk: psk.key });
  // A server that proves to know the key needs no name. If it sends a certificate anyway, that is not trusted (no CA is).
  const isNameless = !tls.checkHost || unixPath !== undefined || psk !== undefined;
  options.checkServerIdentity = isNameless ? () => undefined : checkName;
  return options;
}

function agreed(
  socket: TLSSocket,
  tls: TlsTarget,
  chain: readonly X509Certificate[],
): Pick<DialStep, 'outcome' | 'details'> {
  const { alpnProtocol } = socket;
  const outcome = [socket.getProtocol() ?? 'TLS', socket.getCipher().standardName];
  if (typeof alpnProtocol === 'string') outcome.push(`ALPN ${printable(alpnProtocol)}`);
  const details = chain.length === 0 ? ['No certificate: both ends know the pre-shared key'] : describeChain(chain);
  if (tls.alpn !== undefined && typeof alpnProtocol !== 'string')
    details.push('The server did not choose an application protocol (ALPN)');
  return { outcome: outcome.join(', '), details };
}
