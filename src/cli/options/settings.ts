/** What was typed: one field an option, no defaults, nothing tried. Whatever was not typed is absent, false or empty. */
import type { Property } from '../../mqtt/properties.ts';
import type { ProtocolVersion, QoS, RetainHandling } from '../../mqtt/types.ts';
import type { CompiledFormat } from '../../output/compile.ts';
import type { ColorWhen } from '../../runtime/color.ts';
import type { ProxyTarget } from '../../runtime/target.ts';
import type { Complaint } from '../complaint.ts';
import type { DeadLetter } from '../values/commands.ts';
import type { ReadFormat } from '../values/format.ts';
import type { PayloadSource } from '../values/payload-source.ts';
import type { PropertyTarget } from '../values/property.ts';

export interface TlsSettings {
  caFile?: string;
  caPath?: string;
  systemCa: boolean;
  certFile?: string;
  keyFile?: string;
  keyForm?: string;
  engine?: string;
  /** Hexadecimal digits, or what was typed in their place. */
  engineKeyPassword?: string;
  ciphers?: string;
  version?: string;
  alpn?: string;
  keylogFile?: string;
  /** As `engineKeyPassword`. */
  psk?: string;
  pskIdentity?: string;
  insecure: boolean;
  /** `--no-tls`. */
  off: boolean;
  /** The last `-L` was an mqtts or wss URL. */
  url: boolean;
}

export interface WebSocketSettings {
  /** `--ws`. */
  asked: boolean;
  /** The last `-L` was a ws or wss URL. */
  url: boolean;
  path?: string;
  readonly headers: (readonly [string, string])[];
}

/** Times are milliseconds. */
export interface RetrySettings {
  count?: number;
  delay?: number;
  maxTime?: number;
}

export interface SpoolSettings {
  folder?: string;
  flush: boolean;
  status?: number;
  maxBytes?: number;
  maxCount?: number;
  /** Milliseconds. */
  maxAge?: number;
}

interface WillSettings {
  topic?: string;
  payload?: Uint8Array;
  qos?: QoS;
  retain: boolean;
}

interface ExecSettings {
  command?: string;
  /** A file. */
  table?: string;
  /** Milliseconds. */
  timeout?: number;
  retries?: number;
  deadLetter?: DeadLetter;
  workers?: number;
}

/** Values that the originals look at only when they open the session. */
export const LATE_FAULTS = ['id', 'username'] as const;
export type LateFault = (typeof LATE_FAULTS)[number];

export interface Settings {
  /** Text to print in place of all work. */
  show?: 'help' | 'version' | 'completion';
  completion?: 'bash' | 'zsh' | 'fish';
  /** The word after `--help`. */
  helpTopic?: string;
  optionsFile?: string;

  /** The path of a socket when the port is 0. */
  host?: string;
  port?: number;
  localAddress?: string;
  srv: boolean;
  noDelay: boolean;
  proxy?: ProxyTarget;
  /** Milliseconds. */
  connectTimeout?: number;
  explain: boolean;
  keepAlive?: number;
  version?: ProtocolVersion;

  id?: string;
  idPrefix?: string;
  keepSession: boolean;
  sessionExpiry?: number;
  maxInflight?: number;
  maxPacketBytes?: number;
  username?: string;
  password?: Uint8Array;
  passwordFile?: string;

  /** What is wrong with the last value given. */
  readonly faults: Partial<Record<LateFault, Complaint>>;

  readonly tls: TlsSettings;
  readonly webSocket: WebSocketSettings;
  readonly retry: RetrySettings;
  readonly will: WillSettings;
  readonly spool: SpoolSettings;
  readonly properties: Readonly<Record<PropertyTarget, Property[]>>;

  /** Every topic or filter, in the order of the line. */
  readonly topics: string[];
  qos?: QoS;
  source?: PayloadSource;
  jsonLines: boolean;
  topicFromLine: boolean;
  delimiter?: Uint8Array;
  /** Times as fast; `max` leaves it out. */
  replaySpeed?: number | undefined;
  retain: boolean;
  repeat?: number;
  /** Milliseconds. */
  repeatDelay?: number;
  /** Milliseconds. */
  ackTimeout?: number;
  /** Where what was not delivered goes. */
  unsent?: string;
  summary: boolean;

  readonly unsubscribe: string[];
  readonly filterOut: string[];
  count?: number;
  /** Seconds. */
  timeout?: number;
  exitAfterSubscribe: boolean;
  readonly ready: { file?: string; fd?: number };
  skipRetained: boolean;
  retainedOnly: boolean;
  retainAsPublished: boolean;
  retainHandling?: RetainHandling;
  removeRetained: boolean;
  /** Percent. */
  randomFilter?: number;
  readonly exec: ExecSettings;
  drain: boolean;
  /** Milliseconds. */
  drainQuiet?: number;
  strictCount: boolean;

  responseTopic?: string;
  latency: boolean;

  verbose: boolean;
  noNewline: boolean;
  /** Records end in NUL instead of LF (`-0`). */
  nul: boolean;
  format?: CompiledFormat;
  readonly readFormat: ReadFormat;
  pretty: boolean;
  raw: boolean;
  watch: boolean;
  messageRate: boolean;
  color?: ColorWhen;
  debug: boolean;
  quiet: boolean;
}

const noFormat: ReadFormat = () => {
  throw new Error('this program reads no formats');
};

/** The settings of an empty command line. `readFormat` is for programs that have `-F`. */
export function emptySettings(readFormat: ReadFormat = noFormat): Settings {
  return {
    readFormat,
    srv: false,
    // Two small packets in a row would wait 40 ms for each other: Nagle's algorithm, and the broker's delayed acknowledgement.
    noDelay: true,
    explain: false,
    keepSession: false,
    faults: {},
    tls: { systemCa: false, insecure: false, off: false, url: false },
    webSocket: { asked: false, url: false, headers: [] },
    retry: {},
    will: { retain: false },
    spool: { flush: false },
    properties: { connect: [], publish: [], subscribe: [], unsubscribe: [], disconnect: [], will: [] },
    topics: [],
    retain: false,
    jsonLines: false,
    topicFromLine: false,
    summary: false,
    unsubscribe: [],
    filterOut: [],
    exitAfterSubscribe: false,
    ready: {},
    skipRetained: false,
    retainedOnly: false,
    retainAsPublished: false,
    removeRetained: false,
    exec: {},
    drain: false,
    strictCount: false,
    latency: false,
    verbose: false,
    noNewline: false,
    nul: false,
    pretty: false,
    raw: false,
    watch: false,
    messageRate: false,
    debug: false,
    quiet: false,
  };
}
