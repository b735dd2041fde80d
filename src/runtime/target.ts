/** Where to connect, and through which layers: the plan sets these values, and net/ uses them. */

/** A key that both sides have, instead of certificates. */
interface PskTarget {
  readonly identity: string;
  readonly key: Uint8Array;
}

export interface TlsTarget {
  readonly caFile?: string | undefined;
  readonly caPath?: string | undefined;
  /** Trust the CA certificates of the system, alone or in addition to the named ones. */
  readonly systemCa: boolean;
  readonly certFile?: string | undefined;
  /** A PEM file; with `engine` and `keyInEngine`, the engine's name of the key. */
  readonly keyFile?: string | undefined;
  readonly keyInEngine: boolean;
  /** An OpenSSL engine. */
  readonly engine?: string | undefined;
  /** False only with `--insecure`, which turns off only the host name check: the chain is always verified. */
  readonly checkHost: boolean;
  /** A cipher list in OpenSSL's notation, which may include names of TLS 1.3 suites (`TLS_…`). */
  readonly ciphers?: string | undefined;
  /** Exactly this version; undefined: TLS 1.2 or newer. */
  readonly version?: 'TLSv1.2' | 'TLSv1.3' | undefined;
  /** The application protocol to request. */
  readonly alpn?: string | undefined;
  /** The session keys are appended to this file, in the NSS key log format. */
  readonly keylogFile?: string | undefined;
  /** Set instead of all certificate settings. */
  readonly psk?: PskTarget | undefined;
}

export interface WebSocketTarget {
  /** Begins with a slash. */
  readonly path: string;
  /** Name and value of additional header fields, in the given order. */
  readonly headers: readonly (readonly [string, string])[];
}

export interface ProxyTarget {
  /** `socks5h`: the proxy looks up names. `http`: CONNECT. */
  readonly kind: 'socks5h' | 'http';
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
  /** A password is allowed only with a user name. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

export interface Target {
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
  /** Set instead of host and port for a unix socket. */
  readonly unixPath?: string | undefined;
  /** Whether to look up host and port in the SRV records of the host. */
  readonly srv: boolean;
  /** Name or address of the local end. */
  readonly localAddress?: string | undefined;
  readonly noDelay: boolean;
  readonly proxy?: ProxyTarget | undefined;
  readonly tls?: TlsTarget | undefined;
  readonly webSocket?: WebSocketTarget | undefined;
}
