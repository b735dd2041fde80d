/** Where the SRV records of a name lead (`-S`, RFC 2782). Loaded only when asked for. */
import { Failure } from '../errors.ts';

/** The hosts and ports, in the order in which they are to be tried. Rejects with a Failure. */
export async function srvTargets(_host: string, _tls: boolean): Promise<{ host: string; port: number }[]> {
  throw new Failure('not-supported');
}
