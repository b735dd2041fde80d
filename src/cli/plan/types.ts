/**
 * The plan: a checked and complete request, the result of reading a command line. Nothing has been tried yet. Most
 * fields are settings with the same names, which the help lines of their options describe (`PlainSettings`).
 */
import type { CheckSpec } from '../../check/spec.ts';
import type { Properties } from '../../mqtt/properties.ts';
import type { SessionOptions } from '../../mqtt/session/options.ts';
import type { QoS, Subscription } from '../../mqtt/types.ts';
import type { Target } from '../../runtime/target.ts';
import type { PlainSettings } from '../options/settings.ts';
import type { ProgramId } from '../programs.ts';
import type { DeadLetter } from '../values/commands.ts';
import type { PayloadSource } from '../values/payload-source.ts';

/** Whether to try again before the first connection, and when to stop trying after one. */
export interface RetryPlan {
  /** Attempts after the first one in a row (`--retry`); undefined: none before the first connection, no limit after it. */
  readonly count?: number | undefined;
  /** Milliseconds between attempts; undefined: increasing delays. */
  readonly delay?: number | undefined;
  /** Milliseconds after the first attempt of a row after which no other one begins. */
  readonly maxTime?: number | undefined;
}

/** Includes the settings of all programs. */
export interface CommonPlan extends PlainSettings<ProgramId> {
  readonly program: ProgramId;
  readonly target: Target;
  readonly retry: RetryPlan;
  readonly session: SessionOptions;
  /** Lines for standard error, unless quiet: options that have no effect. */
  readonly warnings: readonly string[];
}

/** Where undeliverable messages are stored. */
export interface SpoolPart {
  readonly folder: string;
  /** Sends only waiting messages: topic and source have no meaning. */
  readonly flush: boolean;
  /** Exit status when a message stays in the spool; without one 0, and with `flush` that of the failure. */
  readonly status?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly maxCount?: number | undefined;
  /** Milliseconds. */
  readonly maxAge?: number | undefined;
}

/** Lines of JSON; undefined settings leave the record's value in effect. */
interface JsonRecords {
  readonly kind: 'json';
  readonly topic: string | undefined;
  readonly qos: QoS | undefined;
  /** False leaves the record's value in effect. */
  readonly retain: boolean;
  /** Factor to the recorded speed; undefined: as fast as the broker accepts messages. */
  readonly speed: number | undefined;
}

/** The kind of record on standard input, if it is more than a payload. */
export type Records = { readonly kind: 'topics'; readonly delimiter: Uint8Array } | JsonRecords;

export interface PubPlan extends CommonPlan, PlainSettings<'pub'> {
  readonly program: 'pub';
  /** Empty when each record has its own topic. */
  readonly topic: string;
  readonly source: PayloadSource;
  /** Only with a source of lines; undefined: each record is a payload. */
  readonly records?: Records | undefined;
  readonly properties: Properties;
  readonly spool?: SpoolPart | undefined;
}

/** How a received message is printed, and other settings that tssub and tsrr share. */
export type PrintPlan = PlainSettings<'sub' | 'rr'>;

export interface ExecRule {
  /** The topics of the command; undefined: all topics. */
  readonly filter?: string | undefined;
  /** A command line for the shell. */
  readonly command: string;
}

/** The commands for messages. */
export interface ExecPlan {
  /** The first one that matches the topic is run; if none does, the message is printed. */
  readonly commands: readonly ExecRule[];
  /** Milliseconds for one attempt; undefined: no limit. */
  readonly timeout?: number | undefined;
  /** Attempts after the first. */
  readonly retries: number;
  /** Undefined: the run ends when a command fails for the last time. */
  readonly deadLetter?: DeadLetter | undefined;
  /** Commands at a time, 1 or more. */
  readonly workers: number;
}

/** Where to write the line when every subscription is granted. */
export interface ReadyPlan {
  readonly file?: string | undefined;
  readonly fd?: number | undefined;
}

export interface SubPlan extends CommonPlan, PlainSettings<'sub'> {
  readonly program: 'sub';
  readonly subscriptions: readonly Subscription[];
  readonly subscribeProperties: Properties;
  readonly unsubscribeProperties: Properties;
  /** `--ready` and `--ready-fd`. A rejected subscription then ends the run. */
  readonly ready?: ReadyPlan | undefined;
  /** Runs a command instead of printing. */
  readonly exec?: ExecPlan | undefined;
  /** Milliseconds without a message before `--drain` checks whether the broker has no more; then the run ends. */
  readonly drain?: number | undefined;
}

/** A message that is fully known before the connection is made. */
export type WholeSource = Exclude<PayloadSource, { readonly kind: 'lines' }>;

export interface RrPlan extends CommonPlan, PlainSettings<'rr'> {
  readonly program: 'rr';
  readonly topic: string;
  readonly responseTopic: string;
  readonly source: WholeSource;
  /** Properties of the request. In MQTT 5 the response topic is the last of them. */
  readonly properties: Properties;
  /** Subscription to the response topic. */
  readonly subscription: Subscription;
  readonly subscribeProperties: Properties;
}

/** One check of tscheck. */
export interface CheckJob {
  /** The plan of the connection that it needs. */
  readonly plan: CommonPlan;
  readonly spec: CheckSpec;
  readonly label?: string | undefined;
  /** The broker as the report names it. */
  readonly broker: string;
  /** Milliseconds for the check as a whole. */
  readonly limit: number;
  /** Equal for all checks that can share a connection. */
  readonly connection: string;
}

export interface CheckPlan extends CommonPlan {
  readonly program: 'check';
  /** Empty until the lines of `checksFile` are read. */
  readonly jobs: readonly CheckJob[];
  readonly checksFile?: string | undefined;
  readonly format: 'nagios' | 'text' | 'json' | 'prometheus';
  /** The file that gets the report instead of standard output. */
  readonly output?: string | undefined;
}

/** A text to print on standard output, and nothing else to do. */
export interface TextPlan {
  readonly program: 'text';
  readonly text: () => Promise<string>;
}

export type Plan = PubPlan | SubPlan | RrPlan | CheckPlan | TextPlan;
