/** An HTTP proxy by way of CONNECT, over a stream that stands: afterwards it leads to the broker. Loaded only when asked for. */
import type { Duplex } from 'node:stream';
import { Failure } from '../errors.ts';
import type { ProxyTarget } from '../runtime/target.ts';

/** Resolves with the stream to the broker. Rejects with a Failure. */
export async function openHttpConnect(
  _lower: Duplex,
  _proxy: ProxyTarget,
  _destination: { host: string; port: number },
): Promise<Duplex> {
  throw new Failure('not-supported');
}
