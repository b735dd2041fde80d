/** From what was typed to what is to be done: checks, defaults, and what one option implies for another. */
import type { RetainHandling, Subscription } from '../mqtt/types.ts';
import { checkRequired, checkSession, crossCheck } from './checks.ts';
import { type Surroundings, sessionPlan } from './plan-session.ts';
import { targetPlan } from './plan-target.ts';
import type { CommonPlan, PubPlan, SubPlan } from './plan-types.ts';
import { checkProperties } from './property-check.ts';
import { PROPERTY_TARGETS, type Settings } from './settings.ts';
import { warningsFor } from './warnings.ts';

type Common = Omit<CommonPlan, 'program'>;

/** The programs that have a plan. */
export type PlannedProgram = 'pub' | 'sub';

/** Throws a Complaint when the settings do not make sense. */
export function planFor(settings: Settings, program: PlannedProgram, surroundings: Surroundings): PubPlan | SubPlan {
  crossCheck(settings, program);
  const session = sessionPlan(settings, program, surroundings);
  for (const target of PROPERTY_TARGETS) {
    checkProperties(target, target === 'connect' ? session.properties : settings.properties[target]);
  }
  checkRequired(settings, program);
  checkSession(settings, program);
  const common: Common = {
    target: targetPlan(settings),
    session,
    debug: settings.debug,
    quiet: settings.quiet,
    warnings: warningsFor(settings, program),
  };
  return program === 'pub' ? pubPlan(settings, common) : subPlan(settings, common);
}

function pubPlan(settings: Settings, common: Common): PubPlan {
  return {
    ...common,
    program: 'pub',
    topic: settings.topics.at(-1)!, // checkRequired
    source: settings.source!, // checkRequired
    qos: settings.qos ?? 0,
    retain: settings.retain,
    properties: settings.properties.publish,
    repeat: settings.repeat ?? 1,
    repeatDelay: settings.repeatDelay ?? 0,
  };
}

function subPlan(settings: Settings, common: Common): SubPlan {
  const retainHandling = retainHandlingOf(settings, common);
  const subscription = (filter: string): Subscription => ({
    filter,
    qos: settings.qos ?? 0,
    noLocal: false,
    retainAsPublished: isV5(common) && settings.retainAsPublished,
    retainHandling,
  });
  return {
    ...common,
    program: 'sub',
    subscriptions: settings.topics.map(subscription),
    subscribeProperties: settings.properties.subscribe,
    unsubscribe: settings.unsubscribe,
    unsubscribeProperties: settings.properties.unsubscribe,
    filterOut: settings.filterOut,
    count: settings.count,
    timeout: settings.timeout === undefined ? undefined : settings.timeout * 1000,
    exitAfterSubscribe: settings.exitAfterSubscribe,
    skipRetained: settings.skipRetained && !flagIsThePublishers(settings, retainHandling, common),
    retainedOnly: settings.retainedOnly,
    verbose: settings.verbose,
    newline: !settings.noNewline,
  };
}

const isV5 = (plan: Common): boolean => plan.session.version === 5;

/** `-R` wants no retained messages, so in MQTT 5 none are asked for, unless `--retain-handling` says what to ask for. */
function retainHandlingOf(settings: Settings, common: Common): RetainHandling {
  if (!isV5(common)) return 0;
  return settings.retainHandling ?? (settings.skipRetained ? 2 : 0);
}

/**
 * Whether a retain flag that arrives cannot mean "retained before you came": none of those are asked for, and the flag
 * is kept as published. Then `-R` has done its work in the subscription, and live messages must not be hidden.
 */
function flagIsThePublishers(settings: Settings, handling: RetainHandling, common: Common): boolean {
  return isV5(common) && settings.retainAsPublished && handling === 2;
}
