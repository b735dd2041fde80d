/** Where to connect, and through which layers. */
import type { Target, TlsTarget, WebSocketTarget } from '../../runtime/target.ts';
import { PORT, TLS_PORT } from '../../util/usual.ts';
import { usage } from '../complaint.ts';
import { DEFAULTS, type Settings } from '../options/settings.ts';
import { isTlsVersion, pskBytes, TLS_VERSIONS } from './tls-check.ts';

const hasCa = ({ caFile, caPath }: Settings): boolean => caFile !== undefined || caPath !== undefined;

export function targetPlan(settings: Settings): Target {
  const { host = DEFAULTS.host, localAddress, noDelay, proxy, srv, psk, systemCa, noTls } = settings;
  // A CA or a key makes the default port 8883 even with --no-tls, as in the Mosquitto clients.
  const defaultPort = hasCa(settings) || psk !== undefined || (systemCa && !noTls) ? TLS_PORT : PORT;
  const port = settings.port ?? defaultPort;
  const tls = tlsPlan(settings, port);
  const webSocket = webSocketPlan(settings);
  const way = { localAddress, noDelay, proxy, srv, tls, webSocket };
  return port === 0 ? { host: DEFAULTS.host, port: defaultPort, unixPath: host, ...way } : { host, port, ...way };
}

/**
 * A CA, a pre-shared key, the system's CAs, an mqtts or wss URL, or port 8883 requests TLS; `--no-tls` overrides all.
 * The system's CAs are used when none are named, and together with named ones only on request.
 */
function tlsPlan(settings: Settings, port: number): TlsTarget | undefined {
  const { noTls, psk, systemCa, tlsUrl = false } = settings;
  if (noTls) return undefined;
  const asked = hasCa(settings) || psk !== undefined || systemCa || tlsUrl || port === TLS_PORT;
  if (!asked) {
    refuseIdleOptions(settings);
    return undefined;
  }
  const { engine, ciphers, tlsVersion, alpn, keylogFile, caFile, caPath, certFile, keyFile } = settings;
  const common = {
    keyInEngine: settings.keyForm?.toLowerCase() === 'engine',
    checkHost: !settings.insecure,
    engine,
    ciphers,
    version: tlsVersion !== undefined && isTlsVersion(tlsVersion) ? TLS_VERSIONS[tlsVersion] : undefined,
    alpn,
    keylogFile,
  };
  if (psk === undefined)
    return { ...common, caFile, caPath, systemCa: systemCa || tlsUrl || !hasCa(settings), certFile, keyFile };
  // Pre-shared keys of TLS 1.3 are different, and no broker supports them.
  const key = { identity: settings.pskIdentity ?? '', key: pskBytes(psk) };
  return { ...common, systemCa: false, version: 'TLSv1.2', psk: key };
}

/** The Mosquitto clients ignore these options and send everything in plain text. */
const IDLE_WITHOUT_TLS = [
  ['--cert', 'certFile'],
  ['--insecure', 'insecure'],
  ['--ciphers', 'ciphers'],
  ['--tls-version', 'tlsVersion'],
  ['--tls-alpn', 'alpn'],
  ['--tls-engine', 'engine'],
  ['--tls-keylog', 'keylogFile'],
] as const;

function refuseIdleOptions(settings: Settings): void {
  const idle = IDLE_WITHOUT_TLS.find(([, name]) => settings[name] !== undefined && settings[name] !== false);
  if (idle === undefined) return;
  throw usage(`Error: ${idle[0]} needs TLS.`).hinting('Turn TLS on with --cafile, --capath or --tls-use-os-certs.');
}

function webSocketPlan({ ws, wsUrl = false, wsPath, wsHeaders }: Settings): WebSocketTarget | undefined {
  if (ws || wsUrl) return { path: wsPath ?? DEFAULTS.wsPath, headers: wsHeaders };
  const idle = wsPath !== undefined ? '--ws-path' : wsHeaders.length > 0 ? '--ws-header' : undefined;
  if (idle !== undefined)
    throw usage(`Error: ${idle} needs WebSocket.`).hinting('Turn WebSocket on with --ws or a ws:// URL.');
  return undefined;
}
