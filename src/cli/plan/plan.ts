/** From what was typed to what is to be done: checks, defaults, and what one option implies for another. */
import type { Property } from '../../mqtt/properties.ts';
import type { RetainHandling, Subscription } from '../../mqtt/types.ts';
import type { RetrySettings, Settings, SpoolSettings } from '../options/settings.ts';
import type { LineSurroundings } from '../surroundings.ts';
import { PROPERTY_TARGETS } from '../values/property.ts';
import { checkRequired, checkSession, crossCheck } from './checks.ts';
import { execPlan } from './exec.ts';
import { readPasswordFile } from './password-file.ts';
import { checkProperties } from './property-check.ts';
import { sessionPlan } from './session.ts';
import { targetPlan } from './target.ts';
import type {
  CommonPlan,
  PrintPlan,
  PubPlan,
  Records,
  RetryPlan,
  RrPlan,
  SpoolPart,
  SubPlan,
  WholeSource,
} from './types.ts';
import { warningsFor } from './warnings.ts';

type Common = Omit<CommonPlan, 'program'>;

/** The programs that have a plan. */
export type PlannedProgram = 'pub' | 'sub' | 'rr';

/** Throws a Complaint when the settings do not make sense. */
export function planFor(
  settings: Settings,
  program: PlannedProgram,
  surroundings: LineSurroundings,
): PubPlan | SubPlan | RrPlan {
  crossCheck(settings, program);
  const session = sessionPlan(settings, program, surroundings);
  for (const target of PROPERTY_TARGETS) {
    checkProperties(target, target === 'connect' ? session.properties : settings.properties[target]);
  }
  checkRequired(settings, program);
  checkSession(settings, program);
  const target = targetPlan(settings);
  // Read when all else is well.
  const secret = readPasswordFile(settings, surroundings);
  const common: Common = {
    target,
    session: secret === undefined ? session : { ...session, password: secret.password },
    connectTimeout: settings.connectTimeout ?? CONNECT_TIMEOUT,
    retry: retryPlan(settings.retry),
    explain: settings.explain,
    ...(settings.color === undefined ? {} : { color: settings.color }),
    debug: settings.debug,
    quiet: settings.quiet,
    warnings: [...warningsFor(settings, program), ...(secret?.warnings ?? [])],
  };
  return PLANS[program](settings, common, surroundings);
}

/** Milliseconds: as long as MQTT.js and Paho wait. */
const CONNECT_TIMEOUT = 30_000;

/** For curl, and so here, a time of 0 asks for what is usual: longer each time, and no end. */
function retryPlan({ count, delay, maxTime }: RetrySettings): RetryPlan {
  return { count, delay: delay === 0 ? undefined : delay, maxTime: maxTime === 0 ? undefined : maxTime };
}

/** Milliseconds of silence before --drain asks the server. */
const DRAIN_QUIET = 500;

const PLANS = { pub: pubPlan, sub: subPlan, rr: rrPlan } as const;

function pubPlan(settings: Settings, common: Common): PubPlan {
  return {
    ...common,
    program: 'pub',
    // checkRequired; with --flush there is none.
    topic: settings.topicFromLine ? '' : (settings.topics.at(-1) ?? ''),
    source: settings.source ?? { kind: 'bytes', payload: new Uint8Array(0) },
    records: recordsOf(settings),
    qos: settings.qos ?? 0,
    retain: settings.retain,
    properties: settings.properties.publish,
    repeat: settings.repeat ?? 1,
    repeatDelay: settings.repeatDelay ?? 0,
    nul: settings.nul,
    unsent: settings.unsent,
    ackTimeout: settings.ackTimeout,
    summary: settings.summary,
    spool: spoolPart(settings.spool),
  };
}

function spoolPart({ folder, ...rest }: SpoolSettings): SpoolPart | undefined {
  return folder === undefined ? undefined : { folder, ...rest };
}

const TAB = Uint8Array.of(9);

function recordsOf(settings: Settings): Records | undefined {
  const { topics, qos, retain, jsonLines, topicFromLine, delimiter, replaySpeed } = settings;
  if (jsonLines) return { kind: 'json', topic: topics.at(-1), qos, retain, speed: replaySpeed };
  return topicFromLine ? { kind: 'topics', delimiter: delimiter ?? TAB } : undefined;
}

function subPlan(settings: Settings, common: Common, surroundings: LineSurroundings): SubPlan {
  return {
    ...common,
    ...printPlan(settings),
    program: 'sub',
    subscriptions: settings.topics.map((filter) => subscriptionTo(filter, settings, common)),
    subscribeProperties: settings.properties.subscribe,
    unsubscribe: settings.unsubscribe,
    unsubscribeProperties: settings.properties.unsubscribe,
    filterOut: settings.filterOut,
    // No message is printed.
    count: settings.messageRate ? undefined : settings.count,
    timeout: timeoutOf(settings),
    exitAfterSubscribe: settings.exitAfterSubscribe,
    ...(Object.keys(settings.ready).length > 0 && { ready: settings.ready }),
    skipRetained: skipsRetained(settings, common),
    retainedOnly: settings.retainedOnly,
    removeRetained: settings.removeRetained,
    randomFilter: settings.randomFilter,
    exec: execPlan(settings, surroundings),
    drain: settings.drain ? (settings.drainQuiet ?? DRAIN_QUIET) : undefined,
    strictCount: settings.strictCount,
    watch: settings.watch && !settings.messageRate,
    messageRate: settings.messageRate,
  };
}

function rrPlan(settings: Settings, common: Common): RrPlan {
  const responseTopic = settings.responseTopic!; // checkRequired
  const answerTo: Property = { name: 'response-topic', value: responseTopic };
  return {
    ...common,
    ...printPlan(settings),
    program: 'rr',
    topic: settings.topics.at(-1)!, // checkRequired
    responseTopic,
    source: settings.source as WholeSource, // checkRequired; tsrr has no -l
    qos: settings.qos ?? 0,
    properties: isV5(common) ? [...settings.properties.publish, answerTo] : [],
    subscription: subscriptionTo(responseTopic, settings, common),
    subscribeProperties: settings.properties.subscribe,
    timeout: timeoutOf(settings),
    skipRetained: skipsRetained(settings, common),
    latency: settings.latency,
  };
}

const isV5 = (plan: Common): boolean => plan.session.version === 5;

const timeoutOf = ({ timeout }: Settings): number | undefined => (timeout === undefined ? undefined : timeout * 1000);

function printPlan({ verbose, noNewline, nul, format, pretty, raw }: Settings): PrintPlan {
  return { verbose, newline: !noNewline, nul, format, pretty, raw };
}

function subscriptionTo(filter: string, settings: Settings, common: Common): Subscription {
  return {
    filter,
    qos: settings.qos ?? 0,
    noLocal: false,
    retainAsPublished: isV5(common) && settings.retainAsPublished,
    retainHandling: retainHandlingOf(settings, common),
  };
}

/** `-R` wants no retained messages, so in MQTT 5 none are asked for, unless `--retain-handling` says what to ask for. */
function retainHandlingOf(settings: Settings, common: Common): RetainHandling {
  if (!isV5(common)) return 0;
  return settings.retainHandling ?? (settings.skipRetained ? 2 : 0);
}

/**
 * Whether messages that come with the retain flag are hidden (`-R`). When none that were retained are asked for and the
 * flag is kept as published, it cannot mean "retained before you came": then `-R` has done its work in the
 * subscription, and live messages must not be hidden.
 */
function skipsRetained(settings: Settings, common: Common): boolean {
  const flagIsThePublishers = isV5(common) && settings.retainAsPublished && retainHandlingOf(settings, common) === 2;
  return settings.skipRetained && !flagIsThePublishers;
}
