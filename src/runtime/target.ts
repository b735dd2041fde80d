/** Where to connect to, and through what: the plan says it, net/ does it. */

/** A key that both ends know, in place of certificates. */
interface PskTarget {
  readonly identity: string;
  readonly key: Uint8Array;
}

export interface TlsTarget {
  readonly caFile?: string | undefined;
  readonly caPath?: string | undefined;
  /** Trust the CA certificates of the system, alone or beside the ones named. */
  readonly systemCa: boolean;
  readonly certFile?: string | undefined;
  /** A PEM file; with `engine` and `keyInEngine` the name that the engine knows the key by. */
  readonly keyFile?: string | undefined;
  readonly keyInEngine: boolean;
  /** An OpenSSL engine. */
  readonly engine?: string | undefined;
  /** False only with `--insecure`, which switches off the host name check and nothing else: the chain is always checked. */
  readonly checkHost: boolean;
  /** In the notation of OpenSSL. Names of TLS 1.3 suites (`TLS_…`) may stand among them. */
  readonly ciphers?: string | undefined;
  /** Exactly this version; undefined: TLS 1.2 or newer. */
  readonly version?: 'TLSv1.2' | 'TLSv1.3' | undefined;
  /** The application protocol to ask for. */
  readonly alpn?: string | undefined;
  /** The secrets of the connection are appended to this file, in the form of NSS. */
  readonly keylogFile?: string | undefined;
  /** Set instead of everything about certificates. */
  readonly psk?: PskTarget | undefined;
}

export interface WebSocketTarget {
  /** Begins with a slash. */
  readonly path: string;
  /** Name and value, in the order given, beside the ones that WebSocket needs. */
  readonly headers: readonly (readonly [string, string])[];
}

export interface ProxyTarget {
  /** `socks5h`: the proxy looks names up. `http`: CONNECT. */
  readonly kind: 'socks5h' | 'http';
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
  /** A password only together with a user name. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

export interface Target {
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
  /** Set instead of host and port for a unix socket. */
  readonly unixPath?: string | undefined;
  /** Ask the SRV records of the host for the real host and port. */
  readonly srv: boolean;
  /** Name or address of the local end. */
  readonly localAddress?: string | undefined;
  readonly noDelay: boolean;
  readonly proxy?: ProxyTarget | undefined;
  readonly tls?: TlsTarget | undefined;
  readonly webSocket?: WebSocketTarget | undefined;
}
