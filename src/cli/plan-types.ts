/** What is to be done, checked and complete: the outcome of reading a command line. Nothing here was tried yet. */
import type { SessionOptions } from '../mqtt/session/options.ts';
import type { Properties, QoS, Subscription } from '../mqtt/types.ts';

export interface TlsPlan {
  readonly caFile?: string | undefined;
  readonly caPath?: string | undefined;
  /** Trust the CA certificates of the system, alone or beside the ones named. */
  readonly systemCa: boolean;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** False only with `--insecure`, which switches off the host name check and nothing else. */
  readonly checkHost: boolean;
}

export interface TargetPlan {
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
  /** Set instead of host and port for a unix socket. */
  readonly unixPath?: string | undefined;
  readonly localAddress?: string | undefined;
  readonly noDelay: boolean;
  readonly tls?: TlsPlan | undefined;
}

export interface CommonPlan {
  readonly program: 'pub' | 'sub';
  readonly target: TargetPlan;
  readonly session: SessionOptions;
  readonly debug: boolean;
  readonly quiet: boolean;
  /** Lines for standard error, unless quiet: what was asked for and will have no effect. */
  readonly warnings: readonly string[];
}

export type PayloadSource =
  | { readonly kind: 'bytes'; readonly payload: Uint8Array }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'lines' };

export interface PubPlan extends CommonPlan {
  readonly program: 'pub';
  readonly topic: string;
  readonly source: PayloadSource;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly properties: Properties;
  /** 1 or more. Not used with lines. */
  readonly repeat: number;
  /** Milliseconds between the end of one publish and the next. */
  readonly repeatDelay: number;
}

export interface SubPlan extends CommonPlan {
  readonly program: 'sub';
  readonly subscriptions: readonly Subscription[];
  readonly subscribeProperties: Properties;
  readonly unsubscribe: readonly string[];
  readonly unsubscribeProperties: Properties;
  /** Messages on a topic that one of these takes are not printed. */
  readonly filterOut: readonly string[];
  /** Leave after so many printed messages. */
  readonly count?: number | undefined;
  /** Leave after so many milliseconds. */
  readonly timeout?: number | undefined;
  /** Leave once subscribed (`-E`). */
  readonly exitAfterSubscribe: boolean;
  /** Do not print messages that come with the retain flag (`-R`). */
  readonly skipRetained: boolean;
  readonly retainedOnly: boolean;
  readonly verbose: boolean;
  readonly newline: boolean;
}

/** Text to print on standard output, and nothing else to do. */
export interface TextPlan {
  readonly program: 'text';
  readonly text: () => Promise<string>;
}

export type Plan = PubPlan | SubPlan | TextPlan;
