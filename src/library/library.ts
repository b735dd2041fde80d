/**
 * What the package exports: `import { connect } from 'tsmosq'`. The exports of this file and the types that they use
 * are public and follow Semantic Versioning; everything else is internal.
 */
import { type RetryLimits, retryPolicy } from '../client/reconnect.ts';
import type { Properties } from '../mqtt/properties.ts';
import type { SessionOptions } from '../mqtt/session/options.ts';
import { Session } from '../mqtt/session/session.ts';
import { isTopicName } from '../mqtt/topic.ts';
import type { ProtocolVersion, Will } from '../mqtt/types.ts';
import { dialer } from '../net/dial.ts';
import { GUEST_RESOLVER } from '../net/resolver.ts';
import { systemClock, wallMillis, wallTime } from '../runtime/clock.ts';
import { packetRoom } from '../runtime/memory.ts';
import type { ProxyTarget, Target, TlsTarget, WebSocketTarget } from '../runtime/target.ts';
import { LARGEST_PACKET } from '../util/byte-limits.ts';
import { type AbortSignalLike, onAbort } from '../util/on-abort.ts';
import { CONNECT_TIMEOUT, HOST, KEEP_ALIVE, MAX_INFLIGHT, PORT, TLS_PORT, WEB_SOCKET_PATH } from '../util/usual.ts';
import { AsyncClient } from './async-client.ts';
import type { ConnectionListeners } from './async-options.ts';
import type { CheckReport, CheckRequest } from './check-options.ts';
import { invalid, mustBeBinary, mustBeInteger, mustBeProperties, mustBeText, mustBeTime } from './validate.ts';
import { mustBeTarget } from './validate-target.ts';

export type { Metric } from '../check/result.ts';
export type { RetryLimits } from '../client/reconnect.ts';
export { Failure, type FailureKind, type Remedy } from '../errors.ts';
export type { Properties, Property, PropertyName } from '../mqtt/properties.ts';
export type { ProtocolVersion, QoS, RetainHandling, Will } from '../mqtt/types.ts';
export type { AsyncClient as Client } from './async-client.ts';
export type { EndOptions, PublishOptions, PublishResult } from './async-options.ts';
export type { CheckReport, CheckRequest, Limit } from './check-options.ts';
export type { Message, SubscribeOptions, Subscription } from './subscription.ts';

/** File names are paths of PEM or DER files. Certificates are always verified. */
export interface TlsOptions {
  /** CA certificates to trust. Default: those of the system. */
  readonly caFile?: string;
  readonly caPath?: string;
  /** The client certificate; needs `keyFile`. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** The pass phrase of an encrypted key. */
  readonly passphrase?: string;
  /** False: the certificate may be for another host. Default: true. */
  readonly checkHost?: boolean;
  readonly ciphers?: string;
  /** The only TLS version to allow. Default: 1.2 or newer. */
  readonly version?: 'TLSv1.2' | 'TLSv1.3';
  /** The application protocol to request. */
  readonly alpn?: string;
}

export interface ConnectOptions extends ConnectionListeners {
  /** Default: localhost. */
  readonly host?: string;
  /** Default: 1883, or 8883 with TLS. */
  readonly port?: number;
  /** A unix socket, instead of host and port. */
  readonly unixPath?: string;
  readonly tls?: boolean | TlsOptions;
  /** MQTT over WebSocket; the default path is `/mqtt`. */
  readonly webSocket?: boolean | Partial<WebSocketTarget>;
  readonly proxy?: ProxyTarget;
  /** 5 (the default), 4 for MQTT 3.1.1, 3 for MQTT 3.1. */
  readonly version?: ProtocolVersion;
  /** Default: the broker assigns one. */
  readonly clientId?: string;
  /** The broker keeps subscriptions and messages for this client ID, and delivers them after the next connect. */
  readonly keepSession?: boolean;
  /** MQTT 5: seconds that the broker keeps the session. Default: indefinitely. */
  readonly sessionExpiry?: number;
  /** Seconds, 0 (off) to 65,535. Default: 60. */
  readonly keepAlive?: number;
  readonly username?: string;
  readonly password?: string | Uint8Array;
  readonly will?: Pick<Will, 'topic' | 'payload'> & Partial<Will>;
  /** MQTT 5: properties of CONNECT. */
  readonly properties?: Properties;
  /** Most QoS 1 and 2 messages in flight. Default: 20. */
  readonly maxInflight?: number;
  /** Bytes of the largest packet to receive. Default: an eighth of the memory, at most 268,435,460. */
  readonly maxPacketSize?: number;
  /** Milliseconds for a connection attempt. Default: 30,000. */
  readonly connectTimeout?: number;
  /** Default: no retry before the first connection, no limit after it. */
  readonly retry?: RetryLimits;
  /** Drops the connection: everything pending rejects with the reason of the signal. */
  readonly signal?: AbortSignalLike;
}

const NEVER_EXPIRES = 0xffff_ffff;

/** Resolves when the broker has accepted the client. Rejects with a Failure that names the reason, or with the signal's reason. */
export async function connect(options: ConnectOptions = {}): Promise<AsyncClient> {
  const { signal, version = 5, keepSession = false, tls, connectTimeout = CONNECT_TIMEOUT } = options;
  signal?.throwIfAborted();
  mustBeTime('connectTimeout', connectTimeout);
  const passphrase = typeof tls === 'object' ? tls?.passphrase : undefined;
  const client = new AsyncClient(
    {
      session: sessionOf(options, version, keepSession),
      version,
      dial: dialer(targetOf(options), { step: () => {}, passphrase: async () => passphrase }, GUEST_RESOLVER),
      clock: systemClock,
      retry: retryPolicy(retryOf(options), 'always', Math.random),
      connectTimeout,
    },
    keepSession,
    options,
  );
  if (signal) {
    const forget = onAbort(signal, () => client.abort(signal.reason));
    void client.closed.then(forget);
  }
  await client.open();
  return client;
}

/** Milliseconds, as in tscheck. */
const CHECK_TIMEOUT = 10_000;

/** Options of a check. `retry`, a will and a session that is kept have no meaning for it. */
export interface CheckOptions
  extends Omit<ConnectOptions, 'retry' | 'will' | 'keepSession' | keyof ConnectionListeners> {
  /** Milliseconds for the check as a whole, besides what it is to wait for. Default: 10,000. */
  readonly timeout?: number;
}

/**
 * Checks a broker, as `tscheck` does, on a connection of its own. Resolves with the report also when the broker is down or refuses the
 * connection: that is the status CRITICAL. Rejects with a Failure of the kind `invalid-input` for a request that makes no sense, and with
 * the reason of the signal.
 */
export async function check(request: CheckRequest, options: CheckOptions = {}): Promise<CheckReport> {
  const { signal, version = 5, tls, timeout = CHECK_TIMEOUT } = options;
  signal?.throwIfAborted();
  mustBeTime('timeout', timeout);
  const passphrase = typeof tls === 'object' ? tls?.passphrase : undefined;
  const { runCheck } = await import('./check.ts');
  return runCheck(request, {
    session: sessionOptionsOf(options, version, false),
    target: targetOf(options),
    dialer: (target, context) => dialer(target, context, GUEST_RESOLVER),
    clock: systemClock,
    passphrase: async () => passphrase,
    wallTime: () => wallMillis({ wallTime }),
    token: () => Math.random().toString(16).slice(2),
    timeout,
    ended: (stop) => {
      if (signal) onAbort(signal, () => stop(signal.reason));
    },
  });
}

const sessionOf = (options: ConnectOptions, version: ProtocolVersion, keepSession: boolean): Session =>
  new Session(sessionOptionsOf(options, version, keepSession));

function sessionOptionsOf(options: ConnectOptions, version: ProtocolVersion, keepSession: boolean): SessionOptions {
  const { clientId = '', keepAlive = KEEP_ALIVE, username, password, will, maxInflight = MAX_INFLIGHT } = options;
  const maxPacketBytes = options.maxPacketSize ?? packetRoom();
  if (keepSession && clientId === '') throw invalid('A persistent session needs a clientId');
  const properties = [...(options.properties ?? [])];
  if (version === 5 && keepSession)
    properties.push({ name: 'session-expiry-interval', value: options.sessionExpiry ?? NEVER_EXPIRES });
  const announced = properties.some(({ name }) => name === 'maximum-packet-size');
  if (version === 5 && maxPacketBytes !== undefined && !announced)
    properties.push({ name: 'maximum-packet-size', value: maxPacketBytes });
  const session: SessionOptions = {
    version,
    clientId,
    clean: !keepSession,
    keepAlive,
    username,
    password: typeof password === 'string' ? Buffer.from(password) : password,
    will: will && { qos: 0, retain: false, properties: [], ...will },
    properties,
    disconnectProperties: [],
    maxInflight,
    maxPacketBytes,
    trace: false,
  };
  mustBeSession(session);
  return session;
}

/** Throws a Failure for values that CONNECT cannot hold: a later error could not be caught by the program. */
function mustBeSession(session: SessionOptions): void {
  const { version, clientId, keepAlive, username, password, properties, maxInflight, maxPacketBytes, will } = session;
  mustBeInteger('version', version, 3, 5);
  mustBeText('clientId', clientId);
  mustBeInteger('keepAlive', keepAlive, 0, 0xffff);
  mustBeInteger('maxInflight', maxInflight, 1, 0xffff);
  if (maxPacketBytes !== undefined) mustBeInteger('maxPacketSize', maxPacketBytes, 1, LARGEST_PACKET);
  if (username !== undefined) mustBeText('username', username);
  if (password !== undefined) mustBeBinary('password', password);
  // A password needs a user name [MQTT-3.1.2-22].
  if (version < 5 && password !== undefined && username === undefined)
    throw invalid('Before MQTT 5 a password needs a username');
  mustBeProperties('connect', properties);
  if (will === undefined) return;
  mustBeText('The topic of the will', will.topic);
  if (!isTopicName(will.topic)) throw invalid(`Invalid topic of the will: "${will.topic}"`);
  mustBeBinary('The payload of the will', will.payload);
  mustBeInteger('The qos of the will', will.qos, 0, 2);
  mustBeProperties('will', will.properties);
}

function targetOf(options: ConnectOptions): Target {
  const { host = HOST, unixPath, proxy, webSocket } = options;
  const tls = tlsOf(options.tls);
  const port = options.port ?? (tls === undefined ? PORT : TLS_PORT);
  const target: Target = {
    host,
    port,
    unixPath,
    srv: false,
    noDelay: true,
    proxy,
    tls,
    webSocket: webSocket ? { path: WEB_SOCKET_PATH, headers: [], ...(webSocket === true ? {} : webSocket) } : undefined,
  };
  mustBeTarget(target);
  return target;
}

function retryOf({ retry = {} }: ConnectOptions): RetryLimits {
  const { count, delay, maxTime } = retry;
  if (count !== undefined && count !== Number.POSITIVE_INFINITY)
    mustBeInteger('retry.count', count, 0, Number.MAX_SAFE_INTEGER);
  if (delay !== undefined) mustBeTime('retry.delay', delay);
  if (maxTime !== undefined) mustBeTime('retry.maxTime', maxTime);
  return retry;
}

function tlsOf(tls: boolean | TlsOptions = false): TlsTarget | undefined {
  if (tls === false) return undefined;
  if (tls !== true && (typeof tls !== 'object' || tls === null)) throw invalid('tls must be true, false or an object');
  const { caFile, caPath, certFile, keyFile, checkHost = true, ciphers, version, alpn } = tls === true ? {} : tls;
  const systemCa = caFile === undefined && caPath === undefined;
  return { caFile, caPath, systemCa, certFile, keyFile, keyInEngine: false, checkHost, ciphers, version, alpn };
}
