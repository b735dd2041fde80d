/** What is published. */
import type { QoS } from '../../mqtt/types.ts';
import { close, wide } from '../complaint.ts';
import type { ProgramId } from '../programs.ts';
import { bytes, decimal, delimiter, integer, speed, text, topicName } from '../values/kinds.ts';
import { flag, type Option, type OptionGroup, value } from './option.ts';
import { SENDERS } from './programs.ts';

/** There is one message: also a second option of the same name is one too many. */
const ONE_MESSAGE = {
  with: ['-m', '-f', '-s', '-l', '--json-lines', '-n'],
  complaint: () => wide('Error: Only one type of message can be sent at once.'),
};

/** `-q` is a row for the message and one for the subscriptions. */
export function qosOption(programs: readonly ProgramId[], group: OptionGroup, help: string): Option {
  return value({
    names: ['-q', '--qos'],
    programs,
    group,
    placeholder: 'QOS',
    help,
    default: '0',
    missing: 'Error: -q argument given but no QoS specified.',
    kind: integer<QoS>({ min: 0, max: 2, bad: (typed) => close(`Error: Invalid QoS given: ${typed}`) }),
    apply: (settings, qos) => {
      settings.qos = qos;
    },
  });
}

/** `-0` is a row for what is read and one for what is printed. */
export function nulOption(programs: readonly ProgramId[], group: OptionGroup, help: string): Option {
  return flag({
    names: ['-0', '--null'],
    programs,
    group,
    help,
    apply: (settings) => {
      settings.nul = true;
    },
  });
}

export const PUBLISHING: readonly Option[] = [
  value({
    names: ['-t', '--topic'],
    programs: SENDERS,
    group: 'publishing',
    placeholder: 'TOPIC',
    help: 'Topic to publish to',
    missing: 'Error: -t argument given but no topic specified.',
    kind: topicName('publish'),
    apply: (settings, topic) => {
      settings.topics.push(topic);
    },
  }),
  value({
    names: ['-m', '--message'],
    programs: SENDERS,
    group: 'publishing',
    placeholder: 'TEXT',
    help: 'Send this text',
    missing: 'Error: -m argument given but no message specified.',
    conflict: ONE_MESSAGE,
    kind: bytes(),
    apply: (settings, payload) => {
      settings.source = { kind: 'bytes', payload };
    },
  }),
  value({
    names: ['-f', '--file'],
    programs: SENDERS,
    group: 'publishing',
    placeholder: 'FILE',
    help: 'Send the contents of FILE as one message',
    missing: 'Error: -f argument given but no file specified.',
    conflict: ONE_MESSAGE,
    kind: text(),
    completion: 'file',
    apply: (settings, path) => {
      settings.source = { kind: 'file', path };
    },
  }),
  flag({
    names: ['-s', '--stdin-file'],
    programs: SENDERS,
    group: 'publishing',
    help: 'Send all of standard input as one message',
    conflict: ONE_MESSAGE,
    apply: (settings) => {
      settings.source = { kind: 'stdin' };
    },
  }),
  flag({
    names: ['-l', '--stdin-line'],
    programs: ['pub'],
    group: 'publishing',
    help: 'Send each line of standard input as a message',
    conflict: ONE_MESSAGE,
    apply: (settings) => {
      settings.source = { kind: 'lines' };
    },
  }),
  flag({
    names: ['--topic-from-line'],
    programs: ['pub'],
    group: 'publishing',
    help: 'With -l: a line is TOPIC, a tab, PAYLOAD',
    instead: ['-t'],
    apply: (settings) => {
      settings.topicFromLine = true;
    },
  }),
  value({
    names: ['--delimiter'],
    programs: ['pub'],
    group: 'publishing',
    placeholder: 'TEXT',
    help: 'What is between topic and payload',
    default: 'a tab',
    missing: 'Error: --delimiter argument given but no text specified.',
    kind: delimiter(),
    apply: (settings, typed) => {
      settings.delimiter = typed;
    },
  }),
  flag({
    names: ['--json-lines'],
    programs: ['pub'],
    group: 'publishing',
    help: 'Send each line of standard input as tssub -F %j wrote it',
    // A topic that is only a default must not take over from those of the records.
    instead: ['-t'],
    conflict: ONE_MESSAGE,
    apply: (settings) => {
      settings.source = { kind: 'lines' };
      settings.jsonLines = true;
    },
  }),
  value({
    names: ['--replay-speed'],
    programs: ['pub'],
    group: 'publishing',
    placeholder: 'SPEED',
    help: 'With --json-lines: 1 as recorded, 2 twice as fast, max',
    default: 'max',
    missing: 'Error: --replay-speed argument given but no speed specified.',
    kind: speed(() => wide('Error: --replay-speed argument must be >0.0 or max.')),
    apply: (settings, times) => {
      settings.replaySpeed = times;
    },
  }),
  nulOption(['pub'], 'publishing', 'Records of -l and --json-lines end in NUL, not in LF'),
  flag({
    names: ['-n', '--null-message'],
    programs: SENDERS,
    group: 'publishing',
    help: 'Send an empty message',
    conflict: ONE_MESSAGE,
    apply: (settings) => {
      settings.source = { kind: 'bytes', payload: new Uint8Array(0) };
    },
  }),
  flag({
    names: ['-r', '--retain'],
    programs: ['pub'],
    group: 'publishing',
    help: 'Have the broker retain the message',
    apply: (settings) => {
      settings.retain = true;
    },
  }),
  value({
    names: ['--repeat'],
    programs: ['pub'],
    group: 'publishing',
    placeholder: 'COUNT',
    help: 'Send the message COUNT times (not with -l)',
    default: '1',
    missing: 'Error: --repeat argument given but no count specified.',
    kind: integer({ min: 1, bad: () => wide('Error: --repeat argument must be >0.') }),
    apply: (settings, count) => {
      settings.repeat = count;
    },
  }),
  value({
    names: ['--repeat-delay'],
    programs: ['pub'],
    group: 'publishing',
    placeholder: 'SECONDS',
    help: 'Pause after each, such as 0.5; counts once it is sent',
    default: '0',
    missing: 'Error: --repeat-delay argument given but no time specified.',
    kind: decimal({
      min: 0,
      max: Number.MAX_SAFE_INTEGER / 1000,
      bad: () => wide('Error: --repeat-delay argument must be >=0.0.'),
    }),
    apply: (settings, delay) => {
      settings.repeatDelay = Math.round(delay * 1000);
    },
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
    apply: (settings, path) => {
      settings.unsent = path;
    },
  }),
  value({
    names: ['--ack-timeout'],
    programs: ['pub'],
    group: 'publishing',
    placeholder: 'SECONDS',
    help: 'Give up when nothing is acknowledged for so long',
    missing: 'Error: --ack-timeout argument given but no time specified.',
    kind: decimal({
      min: Number.MIN_VALUE,
      bad: () => close('Error: --ack-timeout argument must be >0.0.'),
    }),
    apply: (settings, seconds) => {
      settings.ackTimeout = seconds * 1000;
    },
  }),
  flag({
    names: ['--summary'],
    programs: ['pub'],
    group: 'publishing',
    help: 'Say on standard error what became of the messages',
    apply: (settings) => {
      settings.summary = true;
    },
  }),
  qosOption(['pub'], 'publishing', 'QoS of the message, 0 to 2'),
  qosOption(['rr'], 'publishing', 'QoS of request and answer, 0 to 2'),
];
