/** The TLS handshake alone, and what the server showed in it: certificates can be judged also where they are the reason for its failure. */
import { Failure } from '../errors.ts';
import type { Target } from '../runtime/target.ts';
import type { Dialer } from './dial.ts';
import type { CertificateFacts, DialContext } from './dial-trace.ts';

export interface HandshakeResult {
  /** What the server showed, its own certificate first; empty: nothing. */
  readonly chain: readonly CertificateFacts[];
  /** Why it failed; undefined: it succeeded. */
  readonly failure?: Failure | undefined;
}

/** Connects, and closes the connection after the handshake. `cancel` gives it up: then the promise does not settle. */
export function handshake(
  target: Target,
  dialer: Dialer,
  passphrase: DialContext['passphrase'],
): { readonly done: Promise<HandshakeResult>; cancel(): void } {
  let chain: readonly CertificateFacts[] = [];
  const step: DialContext['step'] = ({ certificates }) => {
    chain = certificates ?? chain;
  };
  // WebSocket stands on top of TLS, and has nothing to do with certificates.
  const dialing = dialer(
    { ...target, webSocket: undefined },
    { step, passphrase },
  )({
    data: () => {},
    drain: () => {},
    closed: () => {},
  });
  const done = dialing.opened.then(
    (stream) => {
      stream.destroy();
      return { chain };
    },
    (error: unknown) => ({ chain, failure: Failure.of(error) }),
  );
  return { done, cancel: () => dialing.cancel() };
}
