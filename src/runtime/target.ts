/** Where to connect to, and through what: the plan says it, net/ does it. */

export interface TlsTarget {
  readonly caFile?: string | undefined;
  readonly caPath?: string | undefined;
  /** Trust the CA certificates of the system, alone or beside the ones named. */
  readonly systemCa: boolean;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** False only with `--insecure`, which switches off the host name check and nothing else: the chain is always checked. */
  readonly checkHost: boolean;
}

export interface Target {
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
  /** Set instead of host and port for a unix socket. */
  readonly unixPath?: string | undefined;
  /** Name or address of the local end. */
  readonly localAddress?: string | undefined;
  readonly noDelay: boolean;
  readonly tls?: TlsTarget | undefined;
}
