/** Where to connect to, and whether with TLS. */

import type { Target, TlsTarget } from '../runtime/target.ts';
import { close, late } from './complaint.ts';
import type { Settings, TlsSettings } from './settings.ts';

const PORT = 1883;
const TLS_PORT = 8883;

const hasCa = (tls: TlsSettings): boolean => tls.caFile !== undefined || tls.caPath !== undefined;

export function targetPlan(settings: Settings): Target {
  const { host = 'localhost', localAddress, noDelay } = settings;
  // A CA makes the port 8883 also under --no-tls, as in the originals.
  const defaultPort = hasCa(settings.tls) ? TLS_PORT : PORT;
  const port = settings.port ?? defaultPort;
  const tls = tlsPlan(settings.tls, port);
  if (port === 0)
    return { host: 'localhost', port: defaultPort, unixPath: host, srv: false, localAddress, noDelay, tls };
  return { host, port, srv: false, localAddress, noDelay, tls };
}

/**
 * TLS is asked for by a CA, by the CAs of the system, by an mqtts URL and by port 8883; `--no-tls` wins over all. The
 * system's CAs stand in where none were named, and never beside named ones unless asked for.
 */
function tlsPlan(tls: TlsSettings, port: number): TlsTarget | undefined {
  checkKeyForm(tls);
  if (tls.off) return undefined;
  const asked = hasCa(tls) || tls.systemCa || tls.url || port === TLS_PORT;
  if (!asked) {
    refuseIdleOptions(tls);
    return undefined;
  }
  return {
    caFile: tls.caFile,
    caPath: tls.caPath,
    systemCa: tls.systemCa || tls.url || !hasCa(tls),
    certFile: tls.certFile,
    keyFile: tls.keyFile,
    keyInEngine: false,
    checkHost: !tls.insecure,
  };
}

function checkKeyForm(tls: TlsSettings): void {
  const form = tls.keyForm?.toLowerCase() ?? 'pem';
  if (form === 'engine') throw close("Error: Option '--keyform engine' is not available in this version.");
  if (form !== 'pem') throw late("Error: Problem setting key form, it must be one of 'pem' or 'engine'.");
}

/** The originals ignore these and send everything in plain text. */
function refuseIdleOptions(tls: TlsSettings): void {
  const idle = tls.certFile !== undefined ? '--cert' : tls.insecure ? '--insecure' : undefined;
  if (idle === undefined) return;
  throw close(`Error: ${idle} needs TLS, turn it on with --cafile, --capath or --tls-use-os-certs.`);
}
