/** Options for what is printed. */
import { usage } from '../complaint.ts';
import { format, oneOf } from '../values/kinds.ts';
import { ALL, flag, PRINTERS, value } from './option.ts';

const OF_PRINTERS = { programs: PRINTERS, group: 'output' } as const;
const OF_ALL = { programs: ALL, group: 'output' } as const;
const OF_SUB = { programs: ['sub'], group: 'output' } as const;

export const OUTPUT = [
  flag({
    ...OF_PRINTERS,
    names: ['-v', '--verbose'],
    help: 'Print the topic before the payload',
    sets: 'verbose',
  }),
  flag({
    ...OF_PRINTERS,
    names: ['-N'],
    help: 'Print no newline after a message',
    default: true,
    sets: 'newline',
    to: false,
  }),
  value({
    ...OF_PRINTERS,
    names: ['-F'],
    placeholder: 'FORMAT',
    help: "Print messages in FORMAT, such as '%I %t %p'",
    kind: format(),
    sets: 'format',
  }),
  flag({
    ...OF_PRINTERS,
    names: ['--pretty'],
    help: 'Indent the JSON of %j and %J in -F',
    sets: 'pretty',
  }),
  flag({
    ...OF_PRINTERS,
    names: ['--raw'],
    help: 'Do not escape control characters on a terminal',
    sets: 'raw',
  }),
  flag({
    ...OF_SUB,
    names: ['-w', '--watch'],
    help: 'Show a screen with the latest value of each topic',
    sets: 'watch',
  }),
  flag({
    ...OF_SUB,
    names: ['--message-rate'],
    help: 'Print only the number of messages in each second',
    sets: 'messageRate',
  }),
  value({
    ...OF_ALL,
    names: ['--color'],
    placeholder: 'WHEN',
    help: 'Color output WHEN: auto (on a terminal), always or never',
    defaultText: 'auto',
    missing: 'Error: --color argument given but no word specified.',
    kind: oneOf(['auto', 'always', 'never'], (typed) => usage(`Error: Unknown value '${typed}' for --color.`)),
    sets: 'color',
  }),
  flag({
    ...OF_ALL,
    names: ['-d', '--debug'],
    help: 'Print each packet sent and received',
    sets: 'debug',
  }),
  flag({
    ...OF_ALL,
    names: ['--quiet'],
    help: 'Print no errors, warnings or hints while running',
    sets: 'quiet',
  }),
] as const;
