/** Options of tscheck: the check, its limits, and how it reports. The words that name a check are rows like any other. */
import { CHECK_NAMES, type CheckName } from '../../check/names.ts';
import { usage } from '../complaint.ts';
import { integer, oneOf, text, topicFilter } from '../values/kinds.ts';
import { flag, list, value } from './option.ts';
import { QOS } from './publishing.ts';

const CHECK = { programs: ['check'], group: 'checks', part: 'check' } as const;
const LIMIT = { programs: ['check'], group: 'thresholds', part: 'check' } as const;
const REPORT = { programs: ['check'], group: 'report', part: 'check' } as const;

const ONE_CHECK = {
  with: CHECK_NAMES,
  complaint: () =>
    usage('Error: Only one check can be named.').hinting(
      'Write several checks into a file, and name it with --checks.',
    ),
};

const named = <const Name extends CheckName>(name: Name, help: string) =>
  flag({ ...CHECK, names: [name], help, conflict: ONE_CHECK, sets: 'check', to: name });

/** The formats of `--format`, by their names. */
const REPORT_FORMATS = ['nagios', 'text', 'json', 'prometheus'] as const;

export const CHECKING = [
  named('up', 'Check that the broker accepts a connection'),
  named('roundtrip', 'Check that a published message comes back'),
  named('fresh', 'Check that every topic has had a message lately'),
  named('value', 'Check a retained value, or the next one'),
  named('cert', 'Check when the TLS certificates expire'),
  named('limits', 'Check what the broker grants (MQTT 5)'),
  named('sys', "Check the broker's own figures below $SYS"),
  value({
    ...CHECK,
    names: ['--checks'],
    placeholder: 'FILE',
    help: 'Run each line of FILE as a check',
    kind: text(),
    completion: 'file',
    sets: 'checksFile',
  }),
  value({
    ...CHECK,
    names: ['--name'],
    placeholder: 'TEXT',
    help: 'Call the check TEXT in its report',
    kind: text({ notEmpty: true }),
    sets: 'label',
  }),
  list({
    ...CHECK,
    names: ['-t', '--topic'],
    placeholder: 'FILTER',
    help: 'Check topics that match FILTER (repeatable)',
    missing: 'Error: -t argument given but no topic specified.',
    kind: topicFilter('subscription'),
    adds: 'topics',
  }),
  value({
    ...QOS,
    programs: ['check'],
    group: 'checks',
    part: 'check',
    help: 'Publish and subscribe at QOS 0, 1 or 2',
  }),
  list({
    ...LIMIT,
    names: ['--warn'],
    placeholder: 'LIMIT',
    help: 'Report WARNING beyond LIMIT, such as 200ms or 10:20',
    kind: text({ notEmpty: true }),
    adds: 'warnings',
  }),
  list({
    ...LIMIT,
    names: ['--critical'],
    placeholder: 'LIMIT',
    help: 'Report CRITICAL beyond LIMIT',
    kind: text({ notEmpty: true }),
    adds: 'criticals',
  }),
  value({
    ...LIMIT,
    names: ['--older-than'],
    placeholder: 'AGE',
    help: 'Call a topic silent after AGE, such as 15m (fresh)',
    kind: text(),
    sets: 'checkAge',
  }),
  value({
    ...LIMIT,
    names: ['--for'],
    placeholder: 'TIME',
    help: 'Listen for at most TIME, such as 60s (fresh)',
    kind: text(),
    sets: 'listenFor',
  }),
  value({
    ...LIMIT,
    names: ['--min'],
    placeholder: 'COUNT',
    help: 'Require at least COUNT topics (fresh)',
    default: 1,
    kind: integer({ min: 0, bad: (typed) => usage(`Error: --min '${typed}' is not a whole number from 0 on.`) }),
    sets: 'minTopics',
  }),
  value({
    ...LIMIT,
    names: ['--state'],
    placeholder: 'FILE',
    help: 'Remember in FILE when topics had messages (fresh)',
    kind: text({ notEmpty: true }),
    completion: 'file',
    sets: 'stateFile',
  }),
  value({
    ...LIMIT,
    names: ['--json'],
    placeholder: 'PATH',
    help: 'Read the value or time at PATH, such as .state.temp',
    kind: text(),
    sets: 'jsonPath',
  }),
  value({
    ...LIMIT,
    names: ['--match'],
    placeholder: 'REGEX',
    help: 'Require that the text matches REGEX (value)',
    kind: text(),
    sets: 'matchPattern',
  }),
  list({
    ...LIMIT,
    names: ['--require'],
    placeholder: 'LIST',
    help: 'Require limits such as max-qos=2,retain=yes (limits)',
    kind: text({ notEmpty: true }),
    adds: 'requirements',
  }),
  value({
    ...LIMIT,
    names: ['--wait'],
    placeholder: 'TIME',
    help: 'Retry (up) or wait for a message (value, sys) for TIME',
    kind: text(),
    sets: 'waitFor',
  }),
  value({
    ...LIMIT,
    names: ['--timeout'],
    placeholder: 'TIME',
    help: 'End each check after TIME, such as 5s',
    defaultText: '10s, and the time of --wait or --for',
    kind: text(),
    sets: 'checkTimeout',
  }),
  value({
    ...REPORT,
    names: ['--format'],
    placeholder: 'FORMAT',
    help: 'Report as nagios, text, json or prometheus',
    brief: { help: 'Report in FORMAT' },
    default: 'nagios',
    kind: oneOf(REPORT_FORMATS, (typed) => usage(`Error: Unknown value '${typed}' for --format.`)),
    sets: 'reportFormat',
  }),
  value({
    ...REPORT,
    names: ['--output'],
    placeholder: 'FILE',
    help: 'Write the report to FILE, which is replaced as a whole',
    kind: text({ notEmpty: true }),
    completion: 'file',
    sets: 'reportFile',
  }),
] as const;
