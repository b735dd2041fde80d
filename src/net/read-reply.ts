/** How the handshakes of proxies read a reply from a stream that another layer then continues to use. */
import type { Duplex } from 'node:stream';
import { domainToASCII } from 'node:url';
import { Failure } from '../errors.ts';
import { printable } from '../util/printable.ts';

/** Milliseconds that the other side may take for a handshake, including TLS: as long as Mosquitto waits for CONNACK. */
export const HANDSHAKE_WAIT = 60_000;

/** A result and how many bytes belonged to it; undefined while the reply is incomplete. */
export type Answer<T> = { readonly result: T; readonly used: number } | undefined;

/**
 * Reads until `take` returns a result, and puts the bytes after it back. `take` gets the bytes received since the last
 * call, and may throw a Failure. `silent` makes the Failure when no reply arrives, from its reason.
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
    // 'close' follows every error.
    lower.on('error', () => {});
    if (lower.destroyed) closed();
  });
}

/** A host name in its form on the wire: other alphabets in ASCII. Throws a Failure for an invalid host name. */
export function wireHost(host: string): string {
  const ascii = /^[\x21-\x7e]*$/.test(host) ? host : domainToASCII(host);
  if (ascii === '' || ascii.length > 255)
    throw new Failure('invalid-input', { status: 1, advice: `'${printable(host)}' is not a valid host name.` });
  return ascii;
}

/** A host for use before a colon: IPv6 addresses in brackets. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
