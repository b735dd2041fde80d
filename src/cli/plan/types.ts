/**
 * What is to be done, checked and complete: the outcome of reading a command line. Nothing here was tried
 * yet. Most of it are settings by their own names, and the help line of its option says what each is (`PlainSettings`).
 */
import type { Properties } from '../../mqtt/properties.ts';
import type { SessionOptions } from '../../mqtt/session/options.ts';
import type { QoS, Subscription } from '../../mqtt/types.ts';
import type { Target } from '../../runtime/target.ts';
import type { PlainSettings } from '../options/settings.ts';
import type { ProgramId } from '../programs.ts';
import type { DeadLetter } from '../values/commands.ts';
import type { PayloadSource } from '../values/payload-source.ts';

/** Whether to try again while no broker has taken us in, and when to stop trying after one had. */
export interface RetryPlan {
  /** Attempts after the first one in a row (`--retry`); undefined: none at first, without limit once connected. */
  readonly count?: number | undefined;
  /** Milliseconds between attempts; undefined: longer each time. */
  readonly delay?: number | undefined;
  /** No attempt begins later than this many milliseconds after the first of the row. */
  readonly maxTime?: number | undefined;
}

/** With the settings of all programs. */
export interface CommonPlan extends PlainSettings<ProgramId> {
  readonly program: ProgramId;
  readonly target: Target;
  readonly retry: RetryPlan;
  readonly session: SessionOptions;
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

export interface PubPlan extends CommonPlan, PlainSettings<'pub'> {
  readonly program: 'pub';
  /** Empty when each record has its own. */
  readonly topic: string;
  readonly source: PayloadSource;
  /** With a source of lines only; undefined: each is a payload. */
  readonly records?: Records | undefined;
  readonly properties: Properties;
  readonly spool?: SpoolPart | undefined;
}

/** How a message that came in is printed, and what else is the same in the programs that print. */
export type PrintPlan = PlainSettings<'sub' | 'rr'>;

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

export interface SubPlan extends CommonPlan, PlainSettings<'sub'> {
  readonly program: 'sub';
  readonly subscriptions: readonly Subscription[];
  readonly subscribeProperties: Properties;
  readonly unsubscribeProperties: Properties;
  /** `--ready` and `--ready-fd`. A subscription that is refused then ends the run. */
  readonly ready?: ReadyPlan | undefined;
  /** Run a command in place of printing. */
  readonly exec?: ExecPlan | undefined;
  /** Leave when the server has no more, and this many milliseconds of silence have shown it (`--drain`). */
  readonly drain?: number | undefined;
}

/** A message of which all is known before the connection is made. */
export type WholeSource = Exclude<PayloadSource, { readonly kind: 'lines' }>;

export interface RrPlan extends CommonPlan, PlainSettings<'rr'> {
  readonly program: 'rr';
  readonly topic: string;
  readonly responseTopic: string;
  readonly source: WholeSource;
  /** Of the request. In MQTT 5 the response topic is among them, as the last one. */
  readonly properties: Properties;
  /** To the response topic. */
  readonly subscription: Subscription;
  readonly subscribeProperties: Properties;
}

/** Text to print on standard output, and nothing else to do. */
export interface TextPlan {
  readonly program: 'text';
  readonly text: () => Promise<string>;
}

export type Plan = PubPlan | SubPlan | RrPlan | TextPlan;
