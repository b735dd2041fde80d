/** Why a connection could not be made: Bun says ECONNREFUSED of all that the system refuses at once, a missing route for one. */
import type { Endpoint } from './dial-trace.ts';
import { errorCode } from './failures.ts';

declare const Bun: {
  udpSocket(options: { hostname?: string; connect: { hostname: string; port: number } }): Promise<{ close(): void }>;
};

/**
 * The error itself, or a truer one. To connect a UDP socket sends nothing and takes the same way through the system, of which Bun
 * reports the outcome.
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
    // An address of one family for our end, and of the other for theirs.
    return code === '' ? error : { code: code === 'EAFNOSUPPORT' ? 'EINVAL' : code };
  }
}

/** Why a path leads nowhere, such as ENOTDIR and ELOOP; undefined where something is there. */
function wrongPath(path: string): unknown {
  try {
    process.getBuiltinModule('node:fs').statSync(path);
    return undefined;
  } catch (error) {
    return error;
  }
}
