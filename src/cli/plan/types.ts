/** What is to be done, checked and complete: the outcome of reading a command line. Nothing here was tried yet. */
import type { SessionOptions } from '../../mqtt/session/options.ts';
import type { Properties, QoS, Subscription } from '../../mqtt/types.ts';
import type { CompiledFormat } from '../../output/compile.ts';
import type { ColorWhen } from '../../runtime/color.ts';
import type { Target } from '../../runtime/target.ts';
import type { DeadLetter } from '../values/commands.ts';
import type { PayloadSource } from '../values/payload-source.ts';

/** Whether to try again while no broker has taken us in, and when to stop trying after one had. */
export interface RetryPlan {
  /** Attempts after the first one in a row (`--retry`); undefined: none at first, without limit once connected. */
  readonly count?: number | undefined;
  /** Milliseconds between attempts; undefined: longer each time. */
  readonly delay?: number | undefined;
  /** No attempt begins later than so many milliseconds after the first of the row. */
  readonly maxTime?: number | undefined;
}

export interface CommonPlan {
  readonly program: 'pub' | 'sub' | 'rr';
  readonly target: Target;
  /** Milliseconds for an attempt, from the name lookup to CONNACK; Infinity: no limit. */
  readonly connectTimeout: number;
  readonly retry: RetryPlan;
  /** Tell each step of an attempt to connect on standard error (`--explain`). */
  readonly explain: boolean;
  readonly session: SessionOptions;
  /** Undefined: on a terminal. */
  readonly color?: ColorWhen | undefined;
  readonly debug: boolean;
  readonly quiet: boolean;
  /** Lines for standard error, unless quiet: what was asked for and will have no effect. */
  readonly warnings: readonly string[];
}

/** Where messages are kept that cannot be sent now. */
export interface SpoolPart {
  readonly folder: string;
  /** Only send what waits: topic and source mean nothing. */
  readonly flush: boolean;
  /** Exit status when something is kept; without one 0, and with `flush` that of the failure. */
  readonly status?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly maxCount?: number | undefined;
  /** Milliseconds. */
  readonly maxAge?: number | undefined;
}

/** Lines of JSON; undefined is what the record says. */
interface JsonRecords {
  readonly kind: 'json';
  readonly topic: string | undefined;
  readonly qos: QoS | undefined;
  /** False: what the record says. */
  readonly retain: boolean;
  /** How many times as fast as it was recorded; undefined: as fast as the server takes it. */
  readonly speed: number | undefined;
}

/** What a record of standard input is when it is more than a payload. */
export type Records = { readonly kind: 'topics'; readonly delimiter: Uint8Array } | JsonRecords;

export interface PubPlan extends CommonPlan {
  readonly program: 'pub';
  /** Empty when each record has its own. */
  readonly topic: string;
  readonly source: PayloadSource;
  /** With a source of lines only; undefined: each is a payload. */
  readonly records?: Records | undefined;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly properties: Properties;
  /** 1 or more. Not used with lines. */
  readonly repeat: number;
  /** Milliseconds between the end of one publish and the next. */
  readonly repeatDelay: number;
  /** Records of `-l`, and of `unsent`, end in NUL instead of LF (`-0`). */
  readonly nul: boolean;
  /** Where what was not delivered goes; a file that is absent or empty. */
  readonly unsent?: string | undefined;
  /** Milliseconds without an acknowledgement; undefined: without end. */
  readonly ackTimeout?: number | undefined;
  /** Say at the end what became of the messages. */
  readonly summary: boolean;
  readonly spool?: SpoolPart | undefined;
}

/** How a message that came in is printed. */
export interface PrintPlan {
  readonly verbose: boolean;
  readonly newline: boolean;
  /** That end is NUL instead of LF (`-0`). */
  readonly nul: boolean;
  /** `-F`; wins over `verbose`. */
  readonly format?: CompiledFormat | undefined;
  /** Indent the JSON of `%j` and `%J`. */
  readonly pretty: boolean;
  /** Control characters go to a terminal as they are (`--raw`). */
  readonly raw: boolean;
}

export interface ExecRule {
  /** The topics it is for; undefined: all. */
  readonly filter?: string | undefined;
  /** For the shell. */
  readonly command: string;
}

/** A command for each message. */
export interface ExecPlan {
  /** The first one that takes the topic is run; with none the message is printed. */
  readonly commands: readonly ExecRule[];
  /** Milliseconds for one attempt; undefined: no limit. */
  readonly timeout?: number | undefined;
  /** Further attempts after the first. */
  readonly retries: number;
  /** Undefined: the run ends. */
  readonly deadLetter?: DeadLetter | undefined;
  /** Commands at a time, 1 or more. */
  readonly workers: number;
}

/** Where a line goes when every subscription is granted. */
export interface ReadyPlan {
  readonly file?: string | undefined;
  readonly fd?: number | undefined;
}

export interface SubPlan extends CommonPlan, PrintPlan {
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
  /** `--ready` and `--ready-fd`. A subscription that is refused then ends the run. */
  readonly ready?: ReadyPlan | undefined;
  /** Do not print messages that come with the retain flag (`-R`). */
  readonly skipRetained: boolean;
  readonly retainedOnly: boolean;
  /** Publish an empty retained message to the topic of each retained message that passes `-R` and `-T`. */
  readonly removeRetained: boolean;
  /** Print this share of the messages, by chance: percent, 0.1 to 100. */
  readonly randomFilter?: number | undefined;
  /** Run a command in place of printing. */
  readonly exec?: ExecPlan | undefined;
  /** Leave when the server has no more, and so many milliseconds of silence have shown it (`--drain`). */
  readonly drain?: number | undefined;
  /** An end with some messages, but fewer than `count`, has a status of its own. */
  readonly strictCount: boolean;
  /** Each topic has a line of its own on the screen (`-w`). Never together with `messageRate`. */
  readonly watch: boolean;
  /** Print how many messages came in each second, and no message. */
  readonly messageRate: boolean;
}

/** A message of which all is known before the connection is made. */
export type WholeSource = Exclude<PayloadSource, { readonly kind: 'lines' }>;

export interface RrPlan extends CommonPlan, PrintPlan {
  readonly program: 'rr';
  readonly topic: string;
  readonly responseTopic: string;
  readonly source: WholeSource;
  readonly qos: QoS;
  /** Of the request. In MQTT 5 the response topic is among them, as the last one. */
  readonly properties: Properties;
  /** To the response topic. */
  readonly subscription: Subscription;
  readonly subscribeProperties: Properties;
  /** Give up after so many milliseconds. */
  readonly timeout?: number | undefined;
  /** A message that comes with the retain flag is not the answer (`-R`). */
  readonly skipRetained: boolean;
  /** Print the time from the request to the answer. */
  readonly latency: boolean;
}

/** Text to print on standard output, and nothing else to do. */
export interface TextPlan {
  readonly program: 'text';
  readonly text: () => Promise<string>;
}

export type Plan = PubPlan | SubPlan | RrPlan | TextPlan;
