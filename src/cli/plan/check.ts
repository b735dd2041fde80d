/** From the settings of tscheck to a check: what its limits mean depends on the check. Loaded by tscheck alone. */

import { LIMIT_NAMES, type Requirement, readRequirement } from '../../check/checks/limits.ts';
import { FIGURE_NAMES } from '../../check/checks/sys.ts';
import { durationText, readDuration } from '../../check/duration.ts';
import { type JsonPath, readJsonPath } from '../../check/json-path.ts';
import { CHECK_NAMES, type CheckName } from '../../check/names.ts';
import { readRange, type Thresholds, type ValueRange } from '../../check/range.ts';
import type { CheckSpec } from '../../check/spec.ts';
import { isTopicName } from '../../mqtt/topic.ts';
import type { Millis } from '../../util/millis.ts';
import { type Complaint, usage } from '../complaint.ts';
import { DEFAULTS, type Settings } from '../options/settings.ts';
import type { LineSurroundings } from '../surroundings.ts';
import { shown } from '../words/shown.ts';
import type { CheckJob, CheckPlan, CommonPlan } from './types.ts';

/** How long a check may take, not counting the time that its options tell it to wait. */
const USUAL_TIMEOUT: Millis = 10_000;
const DAY: Millis = 86_400_000;

/** Throws a Complaint. With `--checks` there are no jobs yet: each line of the file is one. */
export function checkPlan(
  settings: Settings,
  common: Omit<CommonPlan, 'program'>,
  { random }: LineSurroundings,
): CheckPlan {
  const { check: name, checksFile, reportFormat: format = DEFAULTS.reportFormat, reportFile: output } = settings;
  const plan = { ...common, program: 'check', format, output, checksFile } as const;
  if (checksFile !== undefined) {
    if (name === undefined) return { ...plan, jobs: [] };
    throw usage(`Error: A check (${name}) and --checks cannot be used together.`);
  }
  if (name === undefined) throw usage(`Error: No check is named.`).hinting(`Name one of ${CHECK_NAMES.join(', ')}.`);
  refuseOthers(settings, name);
  const spec = SPECS[name](settings, common);
  const named = settings.id !== undefined || settings.idPrefix !== undefined;
  const session = named ? common.session : { ...common.session, clientId: madeUpId(random) };
  const { host, port, unixPath } = common.target;
  const job: CheckJob = {
    plan: { ...plan, session },
    spec,
    label: settings.label,
    broker: unixPath ?? `${host.includes(':') ? `[${host}]` : host}:${port}`,
    limit: timeOf('--timeout', settings.checkTimeout) ?? usualLimit(spec),
    connection: JSON.stringify([common.target, { ...common.session, clientId: named ? session.clientId : '' }]),
  };
  return { ...plan, jobs: [job] };
}

/** A name that shows in the log of the broker who has connected. */
const madeUpId = (random: () => number): string =>
  `tscheck-${Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0')}`;

function usualLimit(spec: CheckSpec): Millis {
  if (spec.kind === 'up') return Math.max(USUAL_TIMEOUT, spec.wait);
  if (spec.kind === 'fresh') return USUAL_TIMEOUT + spec.listen;
  return USUAL_TIMEOUT + ('wait' in spec ? spec.wait : 0);
}

/**
 * The options that mean something for some checks only. `-t` and `-q` are not here: a topic may have come with a URL, and both from a
 * default that all programs have.
 */
const BELONGING: readonly (readonly [option: string, setting: keyof Settings, checks: readonly CheckName[]])[] = [
  ['--warn', 'warnings', ['up', 'roundtrip', 'value', 'cert', 'sys']],
  ['--critical', 'criticals', ['up', 'roundtrip', 'value', 'cert', 'sys']],
  ['--older-than', 'checkAge', ['fresh']],
  ['--for', 'listenFor', ['fresh']],
  ['--min', 'minTopics', ['fresh']],
  ['--state', 'stateFile', ['fresh']],
  ['--json', 'jsonPath', ['fresh', 'value']],
  ['--match', 'matchPattern', ['value']],
  ['--require', 'requirements', ['limits']],
  ['--wait', 'waitFor', ['up', 'value', 'sys']],
];

function refuseOthers(settings: Settings, name: CheckName): void {
  for (const [option, setting, checks] of BELONGING) {
    const given = settings[setting];
    if (given === undefined || (Array.isArray(given) && given.length === 0) || checks.includes(name)) continue;
    throw usage(`Error: ${option} has no meaning for ${name}.`).hinting(
      `${option} is an option of ${checks.join(', ')}.`,
    );
  }
}

type SpecOf = (settings: Settings, common: Omit<CommonPlan, 'program'>) => CheckSpec;

const SPECS: Readonly<Record<CheckName, SpecOf>> = {
  up: (settings) => ({
    kind: 'up',
    thresholds: thresholdsOf(settings, longest),
    wait: timeOf('--wait', settings.waitFor) ?? 0,
  }),
  roundtrip: (settings) => ({
    kind: 'roundtrip',
    topic: topicOf(settings),
    // At QoS 0 a broker cannot say that it rejects a message.
    qos: settings.qos ?? 1,
    thresholds: thresholdsOf(settings, longest),
  }),
  fresh: (settings) => {
    const olderThan = timeOf('--older-than', settings.checkAge);
    if (olderThan === undefined)
      throw usage('Error: fresh needs --older-than.').hinting('Add the longest silence, such as --older-than 15m.');
    const path = pathOf(settings);
    const known = path !== undefined || settings.stateFile !== undefined;
    return {
      kind: 'fresh',
      filters: filtersOf(settings, 'fresh'),
      qos: settings.qos ?? DEFAULTS.qos,
      olderThan,
      // Where nothing else shows the age of a message, only listening does.
      listen: timeOf('--for', settings.listenFor) ?? (known ? 0 : olderThan),
      min: settings.minTopics ?? DEFAULTS.minTopics,
      path,
      state: settings.stateFile,
    };
  },
  value: (settings) => ({
    kind: 'value',
    filters: filtersOf(settings, 'value'),
    qos: settings.qos ?? DEFAULTS.qos,
    thresholds: thresholdsOf(settings, plain),
    path: pathOf(settings),
    match: patternOf(settings),
    wait: timeOf('--wait', settings.waitFor) ?? 0,
  }),
  cert: (settings, { target }) => {
    if (target.tls === undefined)
      throw usage('Error: cert needs TLS.').hinting('Add --cafile FILE or --tls-use-os-certs.');
    const { warn = fewest('30d'), critical = fewest('7d') } = thresholdsOf(settings, fewest);
    return { kind: 'cert', thresholds: { warn, critical } };
  },
  limits: (settings, { session }) => {
    if (session.version !== 5) throw usage('Error: limits needs MQTT 5.').hinting('Leave out -V, or use -V 5.');
    return {
      kind: 'limits',
      requirements: settings.requirements.flatMap((words) => words.split(',')).map(requirementOf),
    };
  },
  sys: (settings) => ({
    kind: 'sys',
    thresholds: figureThresholds(settings),
    wait: timeOf('--wait', settings.waitFor) ?? 0,
  }),
};

/** Reads the text of a limit; undefined: it is not one. */
type ReadLimit = (text: string) => ValueRange | undefined;

/** A duration is the longest that is good; a range of durations is taken as it is. */
const longest: ReadLimit = (text) => readRange(text, (number) => readDuration(number));
const plain: ReadLimit = (text) => readRange(text);
/** Of days the fewest that are good. */
const fewest: ReadLimit = (text) => {
  const time = readDuration(text);
  return time === undefined ? undefined : { start: time / DAY, end: Number.POSITIVE_INFINITY, inside: false };
};

const NOTATION = new Map<ReadLimit, string>([
  [longest, 'a time with its unit, such as 200ms or 1s'],
  [plain, 'a range, such as 10, 10:20, 10:, ~:10 or @10:20'],
  [fewest, 'a time with its unit, such as 30d'],
]);

function limitOf(option: string, text: string | undefined, read: ReadLimit): ValueRange | undefined {
  if (text === undefined) return undefined;
  const range = read(text);
  if (range === undefined) throw refusal(option, text, NOTATION.get(read)!);
  return range;
}

const refusal = (option: string, text: string, what: string): Complaint =>
  usage(`Error: ${option} '${shown(text)}' is not ${what}.`);

/** Of an option given several times, the last one counts. */
const thresholdsOf = ({ warnings, criticals }: Settings, read: ReadLimit): Thresholds => ({
  warn: limitOf('--warn', warnings.at(-1), read),
  critical: limitOf('--critical', criticals.at(-1), read),
});

/** `NAME=RANGE`, where NAME is a figure or a topic below `$SYS`. */
function figureThresholds({ warnings, criticals }: Settings): ReadonlyMap<string, Thresholds> {
  const all = new Map<string, Thresholds>();
  const add = (option: '--warn' | '--critical', texts: readonly string[]): void => {
    for (const text of texts) {
      const [, name, range] = /^(.+)=([^=]*)$/.exec(text) ?? [];
      if (name === undefined || !(FIGURE_NAMES.includes(name) || name.startsWith('$SYS/')))
        throw refusal(option, text, 'NAME=RANGE').hinting(
          `NAME is one of ${FIGURE_NAMES.join(', ')}, or a topic below $SYS/.`,
        );
      const limit = limitOf(option, range, plain);
      all.set(name, { ...all.get(name), ...(option === '--warn' ? { warn: limit } : { critical: limit }) });
    }
  };
  add('--warn', warnings);
  add('--critical', criticals);
  return all;
}

function requirementOf(text: string): Requirement {
  const requirement = readRequirement(text.trim());
  if (requirement !== undefined) return requirement;
  throw refusal('--require', text, 'NAME=VALUE or NAME>=VALUE').hinting(`NAME is one of ${LIMIT_NAMES.join(', ')}.`);
}

function timeOf(option: string, text: string | undefined): Millis | undefined {
  if (text === undefined) return undefined;
  const time = readDuration(text, 's');
  if (time === undefined) throw refusal(option, text, 'a time, such as 500ms, 5s or 15m');
  // setTimeout() has no longer ones.
  if (time > LONGEST) throw usage(`Error: ${option} '${shown(text)}' is longer than ${durationText(LONGEST)}.`);
  return time;
}

const LONGEST: Millis = 24 * DAY;

function filtersOf({ topics }: Settings, name: CheckName): readonly string[] {
  if (topics.length > 0) return topics;
  throw usage(`Error: ${name} needs a topic.`).hinting('Add -t TOPIC.');
}

function topicOf({ topics }: Settings): string | undefined {
  const topic = topics.at(-1);
  if (topic === undefined || isTopicName(topic)) return topic;
  throw usage(`Error: roundtrip publishes to the topic '${shown(topic)}', which must not have wildcards.`);
}

function pathOf({ jsonPath: text }: Settings): JsonPath | undefined {
  const path = text === undefined ? undefined : readJsonPath(text);
  if (text !== undefined && path === undefined)
    throw refusal('--json', text, 'a path, such as .state.temp or .list[0]');
  return path;
}

function patternOf({ matchPattern: text }: Settings): RegExp | undefined {
  if (text === undefined) return undefined;
  try {
    return new RegExp(text, 'u');
  } catch {
    throw refusal('--match', text, 'a regular expression');
  }
}
