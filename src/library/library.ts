/**
 * The package for programs: `import { connect } from 'tsmosq'`. What is exported here, and what the types lead to, is
 * public and follows Semantic Versioning; everything else is not.
 */
import { type RetryLimits, retryPolicy } from '../client/reconnect.ts';
import type { Properties } from '../mqtt/properties.ts';
import type { SessionOptions } from '../mqtt/session/options.ts';
import { Session } from '../mqtt/session/session.ts';
import { isTopicName } from '../mqtt/topic.ts';
import type { ProtocolVersion, Will } from '../mqtt/types.ts';
import { dialer } from '../net/dial.ts';
import { GUEST_RESOLVER } from '../net/resolver.ts';
import { systemClock } from '../runtime/clock.ts';
import { packetRoom } from '../runtime/memory.ts';
import type { ProxyTarget, Target, TlsTarget, WebSocketTarget } from '../runtime/target.ts';
import { LARGEST_PACKET } from '../util/byte-limits.ts';
import { type AbortSignalLike, onAbort } from '../util/on-abort.ts';
import { CONNECT_TIMEOUT, HOST, KEEP_ALIVE, MAX_INFLIGHT, PORT, TLS_PORT, WEB_SOCKET_PATH } from '../util/usual.ts';
import { AsyncClient } from './async-client.ts';
import type { ConnectionListeners } from './async-options.ts';
import { invalid, mustBeBinary, mustBeInteger, mustBeProperties, mustBeText, mustBeTime } from './validate.ts';
import { mustBeTarget } from './validate-target.ts';

export type { RetryLimits } from '../client/reconnect.ts';
export { Failure, type FailureKind, type Remedy } from '../errors.ts';
export type { Properties, Property, PropertyName } from '../mqtt/properties.ts';
export type { ProtocolVersion, QoS, RetainHandling, Will } from '../mqtt/types.ts';
export type { AsyncClient as Client } from './async-client.ts';
export type { EndOptions, PublishOptions, PublishResult } from './async-options.ts';
export type { Message, SubscribeOptions, Subscription } from './subscription.ts';

/** Files, in PEM or DER, are named by their paths. Certificates are always verified. */
export interface TlsOptions {
  /** CA certificates to trust. Default: those of the system. */
  readonly caFile?: string;
  readonly caPath?: string;
  /** Of this client, together with its key in `keyFile`. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Of an encrypted key. */
  readonly passphrase?: string;
  /** False: the certificate may be for another host. */
  readonly checkHost?: boolean;
  readonly ciphers?: string;
  /** This version and no other. Default: 1.2 or newer. */
  readonly version?: 'TLSv1.2' | 'TLSv1.3';
  /** The application protocol to ask for. */
  readonly alpn?: string;
}

export interface ConnectOptions extends ConnectionListeners {
  /** Default: localhost. */
  readonly host?: string;
  /** Default: 1883, and 8883 with TLS. */
  readonly port?: number;
  /** A unix socket, in place of host and port. */
  readonly unixPath?: string;
  readonly tls?: boolean | TlsOptions;
  /** MQTT over WebSocket; a path, if it is not `/mqtt`. */
  readonly webSocket?: boolean | Partial<WebSocketTarget>;
  readonly proxy?: ProxyTarget;
  /** 5 (the default), 4 for MQTT 3.1.1, 3 for MQTT 3.1. */
  readonly version?: ProtocolVersion;
  /** Default: the server chooses one. */
  readonly clientId?: string;
  /** The server keeps subscriptions and messages for this client identifier, and gives them back next time. */
  readonly keepSession?: boolean;
  /** MQTT 5: for how many seconds it keeps them. Default: for ever. */
  readonly sessionExpiry?: number;
  /** Seconds, 0 (off) to 65,535. Default: 60. */
  readonly keepAlive?: number;
  readonly username?: string;
  readonly password?: string | Uint8Array;
  readonly will?: Pick<Will, 'topic' | 'payload'> & Partial<Will>;
  /** MQTT 5: of CONNECT. */
  readonly properties?: Properties;
  /** Most messages of QoS 1 and 2 on their way at once. Default: 20. */
  readonly maxInflight?: number;
  /** Bytes of the largest packet to receive. Default: an eighth of the memory, at most 268,435,460. */
  readonly maxPacketSize?: number;
  /** Milliseconds for an attempt to connect. Default: 30,000. */
  readonly connectTimeout?: number;
  /** Left out: not before the first connection, and without limit after it. */
  readonly retry?: RetryLimits;
  /** Drops the connection: everything open rejects with its reason. */
  readonly signal?: AbortSignalLike;
}

const FOR_EVER = 0xffff_ffff;

/** Resolves when the server has taken us in. Rejects with a Failure that says why not, or with the signal's reason. */
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

function sessionOf(options: ConnectOptions, version: ProtocolVersion, keepSession: boolean): Session {
  const { clientId = '', keepAlive = KEEP_ALIVE, username, password, will, maxInflight = MAX_INFLIGHT } = options;
  const maxPacketBytes = options.maxPacketSize ?? packetRoom();
  if (keepSession && clientId === '') throw invalid('A session can be kept only for a clientId of your own');
  const properties = [...(options.properties ?? [])];
  if (version === 5 && keepSession)
    properties.push({ name: 'session-expiry-interval', value: options.sessionExpiry ?? FOR_EVER });
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
  check(session);
  return new Session(session);
}

/** Throws a Failure for what CONNECT cannot hold: later the program could not catch it. */
function check(session: SessionOptions): void {
  const { version, clientId, keepAlive, username, password, properties, maxInflight, maxPacketBytes, will } = session;
  mustBeInteger('version', version, 3, 5);
  mustBeText('clientId', clientId);
  mustBeInteger('keepAlive', keepAlive, 0, 0xffff);
  mustBeInteger('maxInflight', maxInflight, 1, 0xffff);
  if (maxPacketBytes !== undefined) mustBeInteger('maxPacketSize', maxPacketBytes, 1, LARGEST_PACKET);
  if (username !== undefined) mustBeText('username', username);
  if (password !== undefined) mustBeBinary('password', password);
  // [MQTT-3.1.2-22]
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
