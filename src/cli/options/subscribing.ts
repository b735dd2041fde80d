/** Options for subscriptions, and for when they end. */
import type { RetainHandling } from '../../mqtt/types.ts';
import { usage } from '../complaint.ts';
import { choice, decimal, integer, seconds, text, topicFilter, topicName } from '../values/kinds.ts';
import { flag, list, PRINTERS, value } from './option.ts';
import { NUL, QOS } from './publishing.ts';

const RETAIN_HANDLING: Readonly<Record<string, RetainHandling>> = { always: 0, new: 1, never: 2 };

/** Shared by a row for all messages and a row for the single response, as `-R` is. */
const TIMEOUT = {
  names: ['-W'],
  placeholder: 'SECONDS',
  missing: 'Error: -W argument given but no timeout specified.',
  // The Mosquitto clients read whole seconds, ignore the fraction of 1.5 and reject 0.5.
  kind: seconds({
    min: 1,
    max: Math.floor(Number.MAX_SAFE_INTEGER / 1000),
    bad: (typed) =>
      usage(`Error: Invalid timeout "${typed}".`, { blankLines: 2 }).hinting(
        '-W takes a number of seconds, at least 1.',
      ),
  }),
  sets: 'timeout',
} as const;

const SKIP_RETAINED = { names: ['-R'], sets: 'skipRetained' } as const;

const OF_SUB = { programs: ['sub'], group: 'subscriptions' } as const;

export const SUBSCRIBING = [
  list({
    ...OF_SUB,
    names: ['-t', '--topic'],
    placeholder: 'FILTER',
    help: 'Subscribe to FILTER; may be repeated',
    missing: 'Error: -t argument given but no topic specified.',
    kind: topicFilter('subscription'),
    adds: 'topics',
    part: 'topics',
  }),
  list({
    ...OF_SUB,
    names: ['-U', '--unsubscribe'],
    placeholder: 'FILTER',
    help: 'Unsubscribe from FILTER; may be repeated',
    missing: 'Error: -U argument given but no unsubscribe topic specified.',
    kind: topicFilter('unsubscribe'),
    adds: 'unsubscribe',
  }),
  list({
    ...OF_SUB,
    names: ['-T', '--filter-out'],
    placeholder: 'FILTER',
    help: 'Ignore messages that match FILTER; may be repeated',
    missing: 'Error: -T argument given but no topic filter specified.',
    kind: topicFilter('filter'),
    adds: 'filterOut',
  }),
  value({
    ...OF_SUB,
    ...QOS,
    part: 'subscriptions',
    help: 'Receive at QOS 0, 1 or 2 at most',
  }),
  value({
    ...OF_SUB,
    names: ['-C'],
    placeholder: 'COUNT',
    help: 'Exit after COUNT messages',
    kind: integer({
      min: 1,
      bad: (typed) =>
        usage(`Error: Invalid message count "${typed}".`, { blankLines: 2 }).hinting(
          '-C takes a whole number, at least 1.',
        ),
    }),
    sets: 'count',
  }),
  flag({ ...NUL, programs: PRINTERS, group: 'output', help: 'End each message with NUL instead of a newline' }),
  value({ ...TIMEOUT, programs: ['sub'], group: 'subscriptions', help: 'Exit after SECONDS, with exit status 27' }),
  flag({
    ...OF_SUB,
    names: ['-E'],
    help: 'Exit once the broker has answered the subscriptions',
    sets: 'exitAfterSubscribe',
  }),
  value({
    ...OF_SUB,
    names: ['--ready'],
    placeholder: 'FILE',
    help: 'Write a line to FILE when every subscription is granted',
    kind: text(),
    completion: 'file',
    sets: 'ready',
    part: 'ready',
  }),
  value({
    ...OF_SUB,
    names: ['--ready-fd'],
    placeholder: 'NUMBER',
    help: 'Write a line to descriptor NUMBER when all are granted',
    missing: 'Error: --ready-fd argument given but no descriptor specified.',
    kind: integer({ min: 3, bad: () => usage('Error: --ready-fd argument must be >=3.') }),
    sets: 'readyFd',
    part: 'ready',
  }),
  flag({
    ...OF_SUB,
    ...SKIP_RETAINED,
    help: 'Ignore retained messages',
  }),
  flag({
    ...OF_SUB,
    names: ['--retained-only'],
    help: 'Print retained messages, exit at the first other one',
    sets: 'retainedOnly',
  }),
  flag({
    ...OF_SUB,
    names: ['--remove-retained'],
    help: 'Delete each retained message once it is printed',
    sets: 'removeRetained',
  }),
  flag({
    names: ['--retain-as-published'],
    programs: PRINTERS,
    group: 'mqtt5',
    help: "Keep the publisher's retain flag (MQTT 5)",
    sets: 'retainAsPublished',
    part: 'subscriptions',
  }),
  value({
    names: ['--retain-handling'],
    programs: PRINTERS,
    group: 'mqtt5',
    placeholder: 'WHEN',
    help: 'Request retained messages WHEN: always, new or never',
    defaultText: 'always',
    missing: 'Error: --retain-handling argument given but no option specified.',
    kind: choice(RETAIN_HANDLING, (typed) =>
      usage(`Error: Unknown value '${typed}' for --retain-handling.`, { blankLines: 2 }),
    ),
    sets: 'retainHandling',
    part: 'subscriptions',
  }),
  value({
    ...OF_SUB,
    names: ['--random-filter'],
    placeholder: 'PERCENT',
    help: 'Print only PERCENT of the messages, at random',
    missing: 'Error: --random-filter argument given but no chance specified.',
    kind: decimal({
      min: 0.1,
      max: 100,
      bad: () => usage('Error: --random-filter chance must be between 0.1-100.0', { blankLines: 2 }),
    }),
    sets: 'randomFilter',
  }),
  value({
    names: ['-e'],
    programs: ['rr'],
    group: 'response',
    placeholder: 'TOPIC',
    help: 'Wait for the response on TOPIC',
    missing: 'Error: -e argument given but no response topic specified.',
    kind: topicName('response'),
    sets: 'responseTopic',
  }),
  value({ ...TIMEOUT, programs: ['rr'], group: 'response', help: 'Give up after SECONDS, with exit status 27' }),
  flag({
    ...SKIP_RETAINED,
    programs: ['rr'],
    group: 'response',
    help: 'Ignore retained messages on the response topic',
  }),
  flag({
    names: ['--latency'],
    programs: ['rr'],
    group: 'response',
    help: 'Print the time from the request to the response',
    sets: 'latency',
  }),
] as const;
