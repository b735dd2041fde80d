/** Options for what is published. */
import type { QoS } from '../../mqtt/types.ts';
import { usage } from '../complaint.ts';
import { delimiter, integer, mapped, seconds, speed, text, topicName } from '../values/kinds.ts';
import { messageFile, messageText, NO_PAYLOAD } from '../values/payload-source.ts';
import { flag, list, SENDERS, value } from './option.ts';

/** There is only one message, so a second option of the same name is an error too. */
const ONE_MESSAGE = {
  with: ['-m', '-f', '-s', '-l', '--json-lines', '-n'],
  complaint: () =>
    usage('Error: Only one type of message can be sent at once.', { blankLines: 2 }).hinting(
      'Use one of -m, -f, -s, -l, --json-lines and -n, and only once.',
    ),
};

const TAB = Uint8Array.of(9);

/** Shared by a row for each program: for the message, for request and response, for the subscriptions. */
export const QOS = {
  names: ['-q', '--qos'],
  placeholder: 'QOS',
  default: 0,
  missing: 'Error: -q argument given but no QoS specified.',
  kind: integer<QoS>({
    min: 0,
    max: 2,
    bad: (typed) => usage(`Error: Invalid QoS given: ${typed}`).hinting('-q takes 0, 1 or 2.'),
  }),
  sets: 'qos',
} as const;

/** Shared by a row for reading and a row for printing. */
export const NUL = { names: ['-0', '--null'], sets: 'nul' } as const;

const OF_SENDERS = { programs: SENDERS, group: 'message' } as const;
const OF_PUB = { programs: ['pub'], group: 'message' } as const;

export const PUBLISHING = [
  list({
    ...OF_SENDERS,
    names: ['-t', '--topic'],
    placeholder: 'TOPIC',
    help: 'Publish to TOPIC',
    kind: topicName('publish'),
    adds: 'topics',
    part: 'topics',
  }),
  value({
    ...OF_SENDERS,
    names: ['-m', '--message'],
    placeholder: 'TEXT',
    help: 'Send TEXT as the message',
    missing: 'Error: -m argument given but no message specified.',
    conflict: ONE_MESSAGE,
    kind: messageText(),
    sets: 'source',
  }),
  value({
    ...OF_SENDERS,
    names: ['-f', '--file'],
    placeholder: 'FILE',
    help: 'Send the contents of FILE as one message',
    conflict: ONE_MESSAGE,
    kind: messageFile(),
    completion: 'file',
    sets: 'source',
  }),
  flag({
    ...OF_SENDERS,
    names: ['-s', '--stdin-file'],
    help: 'Send all of standard input as one message',
    conflict: ONE_MESSAGE,
    sets: 'source',
    to: { kind: 'stdin' },
  }),
  flag({
    ...OF_PUB,
    names: ['-l', '--stdin-line'],
    help: 'Send each line of standard input as a message',
    conflict: ONE_MESSAGE,
    sets: 'source',
    to: { kind: 'lines' },
  }),
  flag({
    ...OF_PUB,
    names: ['--topic-from-line'],
    help: 'With -l: read each line as TOPIC, a tab and the payload',
    instead: ['-t'],
    sets: 'topicFromLine',
    part: 'records',
  }),
  value({
    ...OF_PUB,
    names: ['--delimiter'],
    placeholder: 'TEXT',
    help: 'With --topic-from-line: end the topic at TEXT',
    default: TAB,
    defaultText: 'a tab',
    kind: delimiter(),
    sets: 'delimiter',
    part: 'records',
  }),
  flag({
    ...OF_PUB,
    names: ['--json-lines'],
    help: 'Send each line of standard input, as printed by tssub -F %j',
    // A default topic must not replace the topics of the records.
    instead: ['-t'],
    conflict: ONE_MESSAGE,
    sets: 'jsonLines',
    part: 'records',
    also: { source: { kind: 'lines' } },
  }),
  value({
    ...OF_PUB,
    names: ['--replay-speed'],
    placeholder: 'SPEED',
    help: 'With --json-lines: replay at SPEED, such as 1, 2.5 or max',
    defaultText: 'max',
    kind: speed(() => usage('Error: --replay-speed argument must be >0.0 or max.', { blankLines: 2 })),
    sets: 'replaySpeed',
    part: 'records',
  }),
  flag({
    ...OF_PUB,
    ...NUL,
    help: 'With -l or --json-lines: records end in NUL, not newline',
  }),
  flag({
    ...OF_SENDERS,
    names: ['-n', '--null-message'],
    help: 'Send an empty message',
    conflict: ONE_MESSAGE,
    sets: 'source',
    to: NO_PAYLOAD,
  }),
  flag({
    ...OF_PUB,
    names: ['-r', '--retain'],
    help: 'Ask the broker to retain the message',
    sets: 'retain',
  }),
  value({
    ...OF_PUB,
    names: ['--repeat'],
    placeholder: 'COUNT',
    help: 'Send the message COUNT times (not with -l)',
    default: 1,
    kind: integer({ min: 1, bad: () => usage('Error: --repeat argument must be >0.', { blankLines: 2 }) }),
    sets: 'repeat',
  }),
  value({
    ...OF_PUB,
    names: ['--repeat-delay'],
    placeholder: 'SECONDS',
    help: 'With --repeat: wait SECONDS in between, such as 0.5',
    default: 0,
    missing: 'Error: --repeat-delay argument given but no time specified.',
    kind: mapped(
      seconds({
        min: 0,
        max: Number.MAX_SAFE_INTEGER / 1000,
        bad: () => usage('Error: --repeat-delay argument must be >=0.0.', { blankLines: 2 }),
      }),
      Math.round,
    ),
    sets: 'repeatDelay',
  }),
  value({
    ...OF_PUB,
    names: ['--unsent'],
    placeholder: 'FILE',
    help: 'Save undelivered messages in FILE, to send them later',
    kind: text(),
    completion: 'file',
    sets: 'unsent',
  }),
  value({
    ...OF_PUB,
    names: ['--ack-timeout'],
    placeholder: 'SECONDS',
    help: 'Exit after SECONDS without any acknowledgement',
    missing: 'Error: --ack-timeout argument given but no time specified.',
    kind: seconds({
      min: Number.MIN_VALUE,
      bad: () => usage('Error: --ack-timeout argument must be >0.0.'),
    }),
    sets: 'ackTimeout',
  }),
  flag({
    ...OF_PUB,
    names: ['--summary'],
    help: 'Print a line of message counts on standard error',
    sets: 'summary',
  }),
  value({ ...QOS, programs: ['pub'], group: 'message', help: 'Publish at QOS 0, 1 or 2' }),
  value({ ...QOS, programs: ['rr'], group: 'message', help: 'Send and receive at QOS 0, 1 or 2' }),
] as const;
