/** What the handshakes of proxies have in common: an answer is read off a stream that others go on with afterwards. */
import type { Duplex } from 'node:stream';
import { domainToASCII } from 'node:url';
import { Failure } from '../errors.ts';
import { printable } from '../util/printable.ts';

/** How long, in milliseconds, the other side may take for a handshake, that of TLS too: as long as Mosquitto waits for CONNACK. */
export const HANDSHAKE_WAIT = 60_000;

/** What came of some bytes: an answer and how many of them belonged to it; undefined: it is not complete yet. */
export type Answer<T> = { readonly result: T; readonly used: number } | undefined;

/**
 * Reads until `take` has its answer; what came behind it is put back. `take` is called with the bytes that came since
 * the last call, and may throw a Failure. `silent` makes the Failure of the reason why there is no answer.
 */
export function readAnswer<T>(
  lower: Duplex,
  take: (bytes: Buffer) => Answer<T>,
  silent: (reason: string) => Failure,
  wait = HANDSHAKE_WAIT,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      clearTimeout(late);
      lower.removeListener('readable', read).removeListener('end', closed).removeListener('close', closed);
    };
    const fail = (failure: unknown): void => {
      finish();
      reject(failure);
    };
    const closed = (): void => fail(silent('the proxy closed the connection'));
    const read = (): void => {
      for (let bytes: Buffer | null = lower.read(); bytes !== null; bytes = lower.read()) {
        let answer: Answer<T>;
        try {
          answer = take(bytes);
        } catch (failure) {
          return fail(failure);
        }
        if (answer === undefined) continue;
        finish();
        if (answer.used < bytes.length) lower.unshift(bytes.subarray(answer.used));
        return resolve(answer.result);
      }
    };
    const late = setTimeout(() => fail(silent('the proxy does not answer')), wait);
    lower.on('readable', read).on('end', closed).on('close', closed);
    // An error is followed by 'close'.
    lower.on('error', () => {});
    if (lower.destroyed) closed();
  });
}

/** A host as it goes over the wire: other alphabets in their ASCII form. Throws a Failure for what is no host. */
export function wireHost(host: string): string {
  const ascii = /^[\x21-\x7e]*$/.test(host) ? host : domainToASCII(host);
  if (ascii === '' || ascii.length > 255)
    throw new Failure('invalid-input', { status: 1, advice: `"${printable(host)}" cannot be the name of a host` });
  return ascii;
}

/** A host before a colon: IPv6 addresses in brackets. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
