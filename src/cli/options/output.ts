/** What is printed. */
import { usage } from '../complaint.ts';
import { choice, format } from '../values/kinds.ts';
import { ALL, flag, PRINTERS, value } from './option.ts';

export const OUTPUT = [
  flag({
    names: ['-v', '--verbose'],
    programs: PRINTERS,
    group: 'output',
    help: 'Print the topic before the payload',
    sets: 'verbose',
  }),
  flag({
    names: ['-N'],
    programs: PRINTERS,
    group: 'output',
    help: 'Print no line end after a message',
    default: true,
    sets: 'newline',
    to: false,
  }),
  value({
    names: ['-F'],
    programs: PRINTERS,
    group: 'output',
    placeholder: 'FORMAT',
    help: "Print messages in this format, such as '%I %t %p'",
    missing: 'Error: -F argument given but no format specified.',
    kind: format(),
    sets: 'format',
  }),
  flag({
    names: ['--pretty'],
    programs: PRINTERS,
    group: 'output',
    help: 'Indent the JSON of %j and %J',
    sets: 'pretty',
  }),
  flag({
    names: ['--raw'],
    programs: PRINTERS,
    group: 'output',
    help: 'Print control characters as they are, also on a terminal',
    sets: 'raw',
  }),
  flag({
    names: ['-w', '--watch'],
    programs: ['sub'],
    group: 'output',
    help: 'Give each topic a line of its own on the terminal',
    sets: 'watch',
  }),
  flag({
    names: ['--message-rate'],
    programs: ['sub'],
    group: 'output',
    help: 'Print only how many messages came in each second',
    sets: 'messageRate',
  }),
  value({
    names: ['--color'],
    programs: ALL,
    group: 'output',
    placeholder: 'WHEN',
    help: 'Colours: always, never, or auto: on a terminal',
    defaultText: 'auto',
    missing: 'Error: --color argument given but no word specified.',
    kind: choice({ auto: 'auto', always: 'always', never: 'never' } as const, (typed) =>
      usage(`Error: Unknown value '${typed}' for --color.`),
    ),
    sets: 'color',
  }),
  flag({
    names: ['-d', '--debug'],
    programs: ALL,
    group: 'output',
    help: 'Print a line for each packet',
    sets: 'debug',
  }),
  flag({
    names: ['--quiet'],
    programs: ALL,
    group: 'output',
    help: 'Print no errors while running',
    sets: 'quiet',
  }),
] as const;
