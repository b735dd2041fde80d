/** What is published. */
import type { QoS } from '../../mqtt/types.ts';
import { usage } from '../complaint.ts';
import { delimiter, integer, mapped, seconds, speed, text, topicName } from '../values/kinds.ts';
import { messageFile, messageText, NO_PAYLOAD } from '../values/payload-source.ts';
import { flag, list, SENDERS, value } from './option.ts';

/** There is one message: also a second option of the same name is one too many. */
const ONE_MESSAGE = {
  with: ['-m', '-f', '-s', '-l', '--json-lines', '-n'],
  complaint: () => usage('Error: Only one type of message can be sent at once.', { blankLines: 2 }),
};

const TAB = Uint8Array.of(9);

/** Is a row for each program: for the message, for request and answer, for the subscriptions. */
export const QOS = {
  names: ['-q', '--qos'],
  placeholder: 'QOS',
  default: 0,
  missing: 'Error: -q argument given but no QoS specified.',
  kind: integer<QoS>({ min: 0, max: 2, bad: (typed) => usage(`Error: Invalid QoS given: ${typed}`) }),
  sets: 'qos',
} as const;

/** Is a row for what is read and one for what is printed. */
export const NUL = { names: ['-0', '--null'], sets: 'nul' } as const;

export const PUBLISHING = [
  list({
    names: ['-t', '--topic'],
    programs: SENDERS,
    group: 'publishing',
    placeholder: 'TOPIC',
    help: 'Topic to publish to',
    missing: 'Error: -t argument given but no topic specified.',
    kind: topicName('publish'),
    adds: 'topics',
    part: 'topics',
  }),
  value({
    names: ['-m', '--message'],
    programs: SENDERS,
    group: 'publishing',
    placeholder: 'TEXT',
    help: 'Send this text',
    missing: 'Error: -m argument given but no message specified.',
    conflict: ONE_MESSAGE,
    kind: messageText(),
    sets: 'source',
  }),
  value({
    names: ['-f', '--file'],
    programs: SENDERS,
    group: 'publishing',
    placeholder: 'FILE',
    help: 'Send the contents of FILE as one message',
    missing: 'Error: -f argument given but no file specified.',
    conflict: ONE_MESSAGE,
    kind: messageFile(),
    completion: 'file',
    sets: 'source',
  }),
  flag({
    names: ['-s', '--stdin-file'],
    programs: SENDERS,
    group: 'publishing',
    help: 'Send all of standard input as one message',
    conflict: ONE_MESSAGE,
    sets: 'source',
    to: { kind: 'stdin' },
  }),
  flag({
    names: ['-l', '--stdin-line'],
    programs: ['pub'],
    group: 'publishing',
    help: 'Send each line of standard input as a message',
    conflict: ONE_MESSAGE,
    sets: 'source',
    to: { kind: 'lines' },
  }),
  flag({
    names: ['--topic-from-line'],
    programs: ['pub'],
    group: 'publishing',
    help: 'With -l: a line is TOPIC, a tab, PAYLOAD',
    instead: ['-t'],
    sets: 'topicFromLine',
    part: 'records',
  }),
  value({
    names: ['--delimiter'],
    programs: ['pub'],
    group: 'publishing',
    placeholder: 'TEXT',
    help: 'What is between topic and payload',
    default: TAB,
    defaultText: 'a tab',
    missing: 'Error: --delimiter argument given but no text specified.',
    kind: delimiter(),
    sets: 'delimiter',
    part: 'records',
  }),
  flag({
    names: ['--json-lines'],
    programs: ['pub'],
    group: 'publishing',
    help: 'Send each line of standard input as tssub -F %j wrote it',
    // A topic that is only a default must not take over from those of the records.
    instead: ['-t'],
    conflict: ONE_MESSAGE,
    sets: 'jsonLines',
    part: 'records',
    also: { source: { kind: 'lines' } },
  }),
  value({
    names: ['--replay-speed'],
    programs: ['pub'],
    group: 'publishing',
    placeholder: 'SPEED',
    help: 'With --json-lines: 1 as recorded, 2 twice as fast, max',
    defaultText: 'max',
    missing: 'Error: --replay-speed argument given but no speed specified.',
    kind: speed(() => usage('Error: --replay-speed argument must be >0.0 or max.', { blankLines: 2 })),
    sets: 'replaySpeed',
    part: 'records',
  }),
  flag({
    ...NUL,
    programs: ['pub'],
    group: 'publishing',
    help: 'Records of -l and --json-lines end in NUL, not in LF',
  }),
  flag({
    names: ['-n', '--null-message'],
    programs: SENDERS,
    group: 'publishing',
    help: 'Send an empty message',
    conflict: ONE_MESSAGE,
    sets: 'source',
    to: NO_PAYLOAD,
  }),
  flag({
    names: ['-r', '--retain'],
    programs: ['pub'],
    group: 'publishing',
    help: 'Have the broker retain the message',
    sets: 'retain',
  }),
  value({
    names: ['--repeat'],
    programs: ['pub'],
    group: 'publishing',
    placeholder: 'COUNT',
    help: 'Send the message COUNT times (not with -l)',
    default: 1,
    missing: 'Error: --repeat argument given but no count specified.',
    kind: integer({ min: 1, bad: () => usage('Error: --repeat argument must be >0.', { blankLines: 2 }) }),
    sets: 'repeat',
  }),
  value({
    names: ['--repeat-delay'],
    programs: ['pub'],
    group: 'publishing',
    placeholder: 'SECONDS',
    help: 'Pause after each, such as 0.5; counts once it is sent',
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
    names: ['--unsent'],
    programs: ['pub'],
    group: 'publishing',
    placeholder: 'FILE',
    help: 'Put what was not delivered into FILE, for -l (or -0)',
    missing: 'Error: --unsent argument given but no file specified.',
    kind: text(),
    completion: 'file',
    sets: 'unsent',
  }),
  value({
    names: ['--ack-timeout'],
    programs: ['pub'],
    group: 'publishing',
    placeholder: 'SECONDS',
    help: 'Give up when nothing is acknowledged for so long',
    missing: 'Error: --ack-timeout argument given but no time specified.',
    kind: seconds({
      min: Number.MIN_VALUE,
      bad: () => usage('Error: --ack-timeout argument must be >0.0.'),
    }),
    sets: 'ackTimeout',
  }),
  flag({
    names: ['--summary'],
    programs: ['pub'],
    group: 'publishing',
    help: 'Say on standard error what became of the messages',
    sets: 'summary',
  }),
  value({ ...QOS, programs: ['pub'], group: 'publishing', help: 'QoS of the message, 0 to 2' }),
  value({ ...QOS, programs: ['rr'], group: 'publishing', help: 'QoS of request and answer, 0 to 2' }),
] as const;
