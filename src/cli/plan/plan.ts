/** Turns settings into a plan: checks, defaults, and what one option implies for another. */
import type { Property } from '../../mqtt/properties.ts';
import type { RetainHandling, Subscription } from '../../mqtt/types.ts';
import { optionsOf } from '../options/index.ts';
import { DEFAULTS, type PlainSettings, type Settings } from '../options/settings.ts';
import type { ProgramId } from '../programs.ts';
import type { LineSurroundings } from '../surroundings.ts';
import { NO_PAYLOAD } from '../values/payload-source.ts';
import { PROPERTY_TARGETS } from '../values/property.ts';
import { checkRequired, checkSession, crossCheck } from './checks.ts';
import { execPlan } from './exec.ts';
import { readPasswordFile } from './password-file.ts';
import { checkProperties } from './property-check.ts';
import { sessionPlan } from './session.ts';
import { targetPlan } from './target.ts';
import type {
  CheckPlan,
  CommonPlan,
  PubPlan,
  Records,
  RetryPlan,
  RrPlan,
  SpoolPart,
  SubPlan,
  WholeSource,
} from './types.ts';
import { warningsFor } from './warnings.ts';

type SharedPart = Pick<CommonPlan, 'target' | 'retry' | 'session' | 'warnings'>;

/** Throws a Complaint when the settings exclude each other. */
export function planFor(
  settings: Settings,
  program: ProgramId,
  surroundings: LineSurroundings,
  planCheck?: PlanCheck,
): PubPlan | SubPlan | RrPlan | CheckPlan {
  crossCheck(settings, program);
  const session = sessionPlan(settings, program, surroundings);
  for (const target of PROPERTY_TARGETS) {
    checkProperties(target, target === 'connect' ? session.properties : settings.properties[target]);
  }
  checkRequired(settings, program);
  checkSession(settings, program);
  const target = targetPlan(settings);
  // Read after all other checks.
  const secret = readPasswordFile(settings, surroundings);
  const common: SharedPart = {
    target,
    session: secret === undefined ? session : { ...session, password: secret.password },
    retry: retryPlan(settings),
    warnings: [...warningsFor(settings, program), ...(secret?.warnings ?? [])],
  };
  if (program !== 'check') return PLANS[program](settings, common, surroundings);
  if (planCheck === undefined) throw new Error('this program has no checks');
  return planCheck(settings, { ...common, ...plain(settings, program) }, surroundings);
}

/** Makes the plan of tscheck. The root of tscheck passes it, so that no other program loads it. */
export type PlanCheck = (
  settings: Settings,
  common: Omit<CommonPlan, 'program'>,
  surroundings: LineSurroundings,
) => CheckPlan;

/** The settings that are fields of the plan with the same names. */
function plain<P extends ProgramId>(settings: Settings, program: P): PlainSettings<P> {
  const typed = settings as unknown as Readonly<Record<string, unknown>>;
  const usual: Readonly<Record<string, unknown>> = DEFAULTS;
  const own: Record<string, unknown> = {};
  for (const option of optionsOf(program)) {
    if (option.part !== undefined) continue;
    const name = 'sets' in option ? option.sets : 'adds' in option ? option.adds : undefined;
    if (name !== undefined) own[name] = typed[name] ?? usual[name];
  }
  return own as PlainSettings<P>;
}

/** As in curl, a time of 0 requests the default: increasing delays, without end. */
function retryPlan({ retry: count, retryDelay, retryMaxTime }: Settings): RetryPlan {
  return { count, delay: retryDelay || undefined, maxTime: retryMaxTime || undefined };
}

const PLANS = { pub: pubPlan, sub: subPlan, rr: rrPlan } as const;

function pubPlan(settings: Settings, common: SharedPart): PubPlan {
  return {
    ...common,
    ...plain(settings, 'pub'),
    program: 'pub',
    // checkRequired ensures a topic; with --flush there is none.
    topic: settings.topicFromLine ? '' : (settings.topics.at(-1) ?? ''),
    source: settings.source ?? NO_PAYLOAD,
    records: recordsOf(settings),
    properties: settings.properties.publish,
    spool: spoolPart(settings),
  };
}

function spoolPart(settings: Settings): SpoolPart | undefined {
  const { spool: folder, flush, spoolStatus, spoolMaxBytes, spoolMaxCount, spoolMaxAge } = settings;
  if (folder === undefined) return undefined;
  return {
    folder,
    flush,
    status: spoolStatus,
    maxBytes: spoolMaxBytes,
    maxCount: spoolMaxCount,
    maxAge: spoolMaxAge,
  };
}

function recordsOf(settings: Settings): Records | undefined {
  const { topics, qos, retain, jsonLines, topicFromLine, delimiter = DEFAULTS.delimiter, replaySpeed } = settings;
  if (jsonLines) return { kind: 'json', topic: topics.at(-1), qos, retain, speed: replaySpeed };
  return topicFromLine ? { kind: 'topics', delimiter } : undefined;
}

function subPlan(settings: Settings, common: SharedPart, surroundings: LineSurroundings): SubPlan {
  const { ready: file, readyFd: fd, drainQuiet = DEFAULTS.drainQuiet, messageRate } = settings;
  return {
    ...common,
    ...plain(settings, 'sub'),
    program: 'sub',
    subscriptions: settings.topics.map((filter) => subscriptionTo(filter, settings, common)),
    subscribeProperties: settings.properties.subscribe,
    unsubscribeProperties: settings.properties.unsubscribe,
    // With --message-rate, no message is printed.
    ...(messageRate && { count: undefined, watch: false }),
    ready: file === undefined && fd === undefined ? undefined : { file, fd },
    skipRetained: skipsRetained(settings, common),
    exec: execPlan(settings, surroundings),
    drain: settings.drain ? drainQuiet : undefined,
  };
}

function rrPlan(settings: Settings, common: SharedPart): RrPlan {
  const responseTopic = settings.responseTopic!; // checkRequired
  const answerTo: Property = { name: 'response-topic', value: responseTopic };
  return {
    ...common,
    ...plain(settings, 'rr'),
    program: 'rr',
    topic: settings.topics.at(-1)!, // checkRequired
    responseTopic,
    source: settings.source as WholeSource, // checkRequired; tsrr has no -l
    properties: isV5(common) ? [...settings.properties.publish, answerTo] : [],
    subscription: subscriptionTo(responseTopic, settings, common),
    subscribeProperties: settings.properties.subscribe,
    skipRetained: skipsRetained(settings, common),
  };
}

const isV5 = (plan: SharedPart): boolean => plan.session.version === 5;

function subscriptionTo(filter: string, settings: Settings, common: SharedPart): Subscription {
  return {
    filter,
    qos: settings.qos ?? DEFAULTS.qos,
    noLocal: false,
    retainAsPublished: isV5(common) && settings.retainAsPublished,
    retainHandling: retainHandlingOf(settings, common),
  };
}

/** `-R` needs no retained messages, so in MQTT 5 it requests none, unless `--retain-handling` is given. */
function retainHandlingOf(settings: Settings, common: SharedPart): RetainHandling {
  if (!isV5(common)) return 0;
  return settings.retainHandling ?? (settings.skipRetained ? 2 : 0);
}

/**
 * Whether messages with the retain flag are hidden (`-R`). When no retained messages are requested and the flag is kept
 * as published, the flag does not mean "retained before the subscription". Then the subscription has done the work of
 * `-R`, and live messages must not be hidden.
 */
function skipsRetained(settings: Settings, common: SharedPart): boolean {
  const flagIsThePublishers = isV5(common) && settings.retainAsPublished && retainHandlingOf(settings, common) === 2;
  return settings.skipRetained && !flagIsThePublishers;
}
