/** What is printed. */
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
    help: 'Print no line end after a message',
    default: true,
    sets: 'newline',
    to: false,
  }),
  value({
    ...OF_PRINTERS,
    names: ['-F'],
    placeholder: 'FORMAT',
    help: "Print messages in this format, such as '%I %t %p'",
    kind: format(),
    sets: 'format',
  }),
  flag({
    ...OF_PRINTERS,
    names: ['--pretty'],
    help: 'Indent the JSON of %j and %J',
    sets: 'pretty',
  }),
  flag({
    ...OF_PRINTERS,
    names: ['--raw'],
    help: 'Print control characters as they are, also on a terminal',
    sets: 'raw',
  }),
  flag({
    ...OF_SUB,
    names: ['-w', '--watch'],
    help: 'Give each topic a line of its own on the terminal',
    sets: 'watch',
  }),
  flag({
    ...OF_SUB,
    names: ['--message-rate'],
    help: 'Print only how many messages came in each second',
    sets: 'messageRate',
  }),
  value({
    ...OF_ALL,
    names: ['--color'],
    placeholder: 'WHEN',
    help: 'Colours: always, never, or auto: on a terminal',
    defaultText: 'auto',
    missing: 'Error: --color argument given but no word specified.',
    kind: oneOf(['auto', 'always', 'never'], (typed) => usage(`Error: Unknown value '${typed}' for --color.`)),
    sets: 'color',
  }),
  flag({
    ...OF_ALL,
    names: ['-d', '--debug'],
    help: 'Print a line for each packet',
    sets: 'debug',
  }),
  flag({
    ...OF_ALL,
    names: ['--quiet'],
    help: 'Print no errors while running',
    sets: 'quiet',
  }),
] as const;
