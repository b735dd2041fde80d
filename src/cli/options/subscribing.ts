/** What is subscribed to, and when that ends. */
import type { RetainHandling } from '../../mqtt/types.ts';
import { usage } from '../complaint.ts';
import { choice, decimal, integer, seconds, text, topicFilter, topicName } from '../values/kinds.ts';
import { flag, list, PRINTERS, value } from './option.ts';
import { NUL, QOS } from './publishing.ts';

const RETAIN_HANDLING: Readonly<Record<string, RetainHandling>> = { always: 0, new: 1, never: 2 };

/** Is a row for all that comes and a row for the one answer, as `-R` is. */
const TIMEOUT = {
  names: ['-W'],
  placeholder: 'SECONDS',
  missing: 'Error: -W argument given but no timeout specified.',
  // Whole seconds in the originals, where the fraction of 1.5 is passed over and 0.5 is refused.
  kind: seconds({
    min: 1,
    max: Math.floor(Number.MAX_SAFE_INTEGER / 1000),
    bad: (typed) => usage(`Error: Invalid timeout "${typed}".`, { blankLines: 2 }),
  }),
  sets: 'timeout',
} as const;

const SKIP_RETAINED = { names: ['-R'], sets: 'skipRetained' } as const;

const OF_SUB = { programs: ['sub'], group: 'subscribing' } as const;

export const SUBSCRIBING = [
  list({
    ...OF_SUB,
    names: ['-t', '--topic'],
    placeholder: 'FILTER',
    help: 'Topic filter to subscribe to; may be repeated',
    missing: 'Error: -t argument given but no topic specified.',
    kind: topicFilter('subscription'),
    adds: 'topics',
    part: 'topics',
  }),
  list({
    ...OF_SUB,
    names: ['-U', '--unsubscribe'],
    placeholder: 'FILTER',
    help: 'Topic filter to unsubscribe from; may be repeated',
    missing: 'Error: -U argument given but no unsubscribe topic specified.',
    kind: topicFilter('unsubscribe'),
    adds: 'unsubscribe',
  }),
  list({
    ...OF_SUB,
    names: ['-T', '--filter-out'],
    placeholder: 'FILTER',
    help: 'Leave out messages on such topics; may be repeated',
    missing: 'Error: -T argument given but no topic filter specified.',
    kind: topicFilter('filter'),
    adds: 'filterOut',
  }),
  value({
    ...OF_SUB,
    ...QOS,
    part: 'subscriptions',
    help: 'Highest QoS of the messages, 0 to 2',
  }),
  value({
    ...OF_SUB,
    names: ['-C'],
    placeholder: 'COUNT',
    help: 'Leave after printing so many messages',
    kind: integer({ min: 1, bad: (typed) => usage(`Error: Invalid message count "${typed}".`, { blankLines: 2 }) }),
    sets: 'count',
  }),
  flag({ ...NUL, programs: PRINTERS, group: 'output', help: 'End each message with NUL, not with a line end' }),
  value({ ...TIMEOUT, programs: ['sub'], group: 'subscribing', help: 'Leave after this time, with exit status 27' }),
  flag({
    ...OF_SUB,
    names: ['-E'],
    help: 'Leave as soon as the subscriptions are made',
    sets: 'exitAfterSubscribe',
  }),
  value({
    ...OF_SUB,
    names: ['--ready'],
    placeholder: 'FILE',
    help: 'Write a line to FILE when all subscriptions are granted',
    kind: text(),
    completion: 'file',
    sets: 'ready',
    part: 'ready',
  }),
  value({
    ...OF_SUB,
    names: ['--ready-fd'],
    placeholder: 'NUMBER',
    help: 'Write that line to this descriptor, then close it',
    missing: 'Error: --ready-fd argument given but no descriptor specified.',
    kind: integer({ min: 3, bad: () => usage('Error: --ready-fd argument must be >=3.') }),
    sets: 'readyFd',
    part: 'ready',
  }),
  flag({
    ...OF_SUB,
    ...SKIP_RETAINED,
    help: 'Do not print messages that the broker had retained',
  }),
  flag({
    ...OF_SUB,
    names: ['--retained-only'],
    help: 'Print retained messages only, leave at the first other',
    sets: 'retainedOnly',
  }),
  flag({
    ...OF_SUB,
    names: ['--remove-retained'],
    help: 'Have the broker forget each retained message',
    sets: 'removeRetained',
  }),
  flag({
    names: ['--retain-as-published'],
    programs: PRINTERS,
    group: 'mqtt5',
    help: "Keep the publisher's retain flag on live messages",
    sets: 'retainAsPublished',
    part: 'subscriptions',
  }),
  value({
    names: ['--retain-handling'],
    programs: PRINTERS,
    group: 'mqtt5',
    placeholder: 'WHEN',
    help: 'Ask for retained messages: always, new, never',
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
    help: 'Print only this share of the messages, by chance',
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
    help: 'Topic on which the answer is awaited',
    missing: 'Error: -e argument given but no response topic specified.',
    kind: topicName('response'),
    sets: 'responseTopic',
  }),
  value({ ...TIMEOUT, programs: ['rr'], group: 'response', help: 'Give up after this time, with exit status 27' }),
  flag({
    ...SKIP_RETAINED,
    programs: ['rr'],
    group: 'response',
    help: 'A message that the broker had retained is no answer',
  }),
  flag({
    names: ['--latency'],
    programs: ['rr'],
    group: 'response',
    help: 'Print the time from the request to the answer',
    sets: 'latency',
  }),
] as const;
