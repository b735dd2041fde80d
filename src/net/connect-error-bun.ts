/** Why a connection failed on Bun, which reports ECONNREFUSED for every immediate error, for example a missing route. */
import type { Endpoint } from './dial-trace.ts';
import { errorCode } from './failures.ts';

declare const Bun: {
  udpSocket(options: { hostname?: string; connect: { hostname: string; port: number } }): Promise<{ close(): void }>;
};

/**
 * Returns the error itself, or a more precise one. Connecting a UDP socket sends nothing but makes the same system
 * checks, whose result Bun reports.
 */
export async function trueError(error: unknown, { host, port, unixPath, localAddress }: Endpoint): Promise<unknown> {
  if (errorCode(error) !== 'ECONNREFUSED') return error;
  if (unixPath !== undefined) return wrongPath(unixPath) ?? error;
  const { isIP } = process.getBuiltinModule('node:net');
  if (isIP(host) === 0) return error;
  try {
    const socket = await Bun.udpSocket({
      ...(localAddress !== undefined && { hostname: localAddress }),
      connect: { hostname: host, port },
    });
    socket.close();
    return error;
  } catch (truer) {
    const code = errorCode(truer);
    // The local and the remote address are of different families.
    return code === '' ? error : { code: code === 'EAFNOSUPPORT' ? 'EINVAL' : code };
  }
}

/** Why a path cannot be reached, such as ENOTDIR and ELOOP; undefined if the path exists. */
function wrongPath(path: string): unknown {
  try {
    process.getBuiltinModule('node:fs').statSync(path);
    return undefined;
  } catch (error) {
    return error;
  }
}
