/** Where to connect to, and through what. */
import type { Target, TlsTarget, WebSocketTarget } from '../../runtime/target.ts';
import { close } from '../complaint.ts';
import type { Settings, TlsSettings, WebSocketSettings } from '../options/settings.ts';
import { pskBytes } from '../values/psk.ts';
import { isTlsVersion, TLS_VERSIONS } from './tls-check.ts';

const PORT = 1883;
const TLS_PORT = 8883;
/** As in the originals, where it cannot be chosen. */
const WEB_SOCKET_PATH = '/mqtt';

const hasCa = (tls: TlsSettings): boolean => tls.caFile !== undefined || tls.caPath !== undefined;

export function targetPlan(settings: Settings): Target {
  const { host = 'localhost', localAddress, noDelay, proxy, srv } = settings;
  const { psk, systemCa, off } = settings.tls;
  // A CA or a key makes the port 8883 also under --no-tls, as in the originals.
  const defaultPort = hasCa(settings.tls) || psk !== undefined || (systemCa && !off) ? TLS_PORT : PORT;
  const port = settings.port ?? defaultPort;
  const tls = tlsPlan(settings.tls, port);
  const webSocket = webSocketPlan(settings.webSocket);
  const way = { localAddress, noDelay, proxy, srv, tls, webSocket };
  return port === 0 ? { host: 'localhost', port: defaultPort, unixPath: host, ...way } : { host, port, ...way };
}

/**
 * TLS is asked for by a CA, by a pre-shared key, by the CAs of the system, by an mqtts or wss URL and by port 8883;
 * `--no-tls` wins over all. The system's CAs stand in where none were named, and never beside named ones unless asked for.
 */
function tlsPlan(tls: TlsSettings, port: number): TlsTarget | undefined {
  if (tls.off) return undefined;
  const asked = hasCa(tls) || tls.psk !== undefined || tls.systemCa || tls.url || port === TLS_PORT;
  if (!asked) {
    refuseIdleOptions(tls);
    return undefined;
  }
  const { engine, ciphers, version, alpn, keylogFile } = tls;
  const common = {
    keyInEngine: tls.keyForm?.toLowerCase() === 'engine',
    checkHost: !tls.insecure,
    engine,
    ciphers,
    version: version !== undefined && isTlsVersion(version) ? TLS_VERSIONS[version] : undefined,
    alpn,
    keylogFile,
  };
  if (tls.psk !== undefined) {
    const psk = { identity: tls.pskIdentity ?? '', key: pskBytes(tls.psk) };
    // Pre-shared keys of TLS 1.3 are another thing, which no broker has.
    return { ...common, systemCa: false, version: 'TLSv1.2', psk };
  }
  return {
    ...common,
    caFile: tls.caFile,
    caPath: tls.caPath,
    systemCa: tls.systemCa || tls.url || !hasCa(tls),
    certFile: tls.certFile,
    keyFile: tls.keyFile,
  };
}

/** The originals ignore these and send everything in plain text. */
const IDLE_WITHOUT_TLS: readonly (readonly [option: string, isGiven: (tls: TlsSettings) => boolean])[] = [
  ['--cert', (tls) => tls.certFile !== undefined],
  ['--insecure', (tls) => tls.insecure],
  ['--ciphers', (tls) => tls.ciphers !== undefined],
  ['--tls-version', (tls) => tls.version !== undefined],
  ['--tls-alpn', (tls) => tls.alpn !== undefined],
  ['--tls-engine', (tls) => tls.engine !== undefined],
  ['--tls-keylog', (tls) => tls.keylogFile !== undefined],
];

function refuseIdleOptions(tls: TlsSettings): void {
  const idle = IDLE_WITHOUT_TLS.find(([, isGiven]) => isGiven(tls));
  if (idle === undefined) return;
  throw close(`Error: ${idle[0]} needs TLS, turn it on with --cafile, --capath or --tls-use-os-certs.`);
}

function webSocketPlan({ asked, url, path, headers }: WebSocketSettings): WebSocketTarget | undefined {
  if (asked || url) return { path: path ?? WEB_SOCKET_PATH, headers };
  const idle = path !== undefined ? '--ws-path' : headers.length > 0 ? '--ws-header' : undefined;
  if (idle !== undefined) throw close(`Error: ${idle} needs WebSocket, turn it on with --ws or a ws:// URL.`);
  return undefined;
}
