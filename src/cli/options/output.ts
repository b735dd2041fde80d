/** What is printed. */
import { close } from '../complaint.ts';
import { choice, format } from '../values/kinds.ts';
import { flag, type Option, value } from './option.ts';
import { ALL, PRINTERS } from './programs.ts';

export const OUTPUT: readonly Option[] = [
  flag({
    names: ['-v', '--verbose'],
    programs: PRINTERS,
    group: 'output',
    help: 'Print the topic before the payload',
    apply: (settings) => {
      settings.verbose = true;
    },
  }),
  flag({
    names: ['-N'],
    programs: PRINTERS,
    group: 'output',
    help: 'Print no line end after a message',
    apply: (settings) => {
      settings.noNewline = true;
    },
  }),
  value({
    names: ['-F'],
    programs: PRINTERS,
    group: 'output',
    placeholder: 'FORMAT',
    help: "Print messages in this format, such as '%I %t %p'",
    missing: 'Error: -F argument given but no format specified.',
    kind: format(),
    apply: (settings, bytes) => {
      settings.format = settings.readFormat(bytes);
    },
  }),
  flag({
    names: ['--pretty'],
    programs: PRINTERS,
    group: 'output',
    help: 'Indent the JSON of %j and %J',
    apply: (settings) => {
      settings.pretty = true;
    },
  }),
  flag({
    names: ['--raw'],
    programs: PRINTERS,
    group: 'output',
    help: 'Print control characters as they are, also on a terminal',
    apply: (settings) => {
      settings.raw = true;
    },
  }),
  flag({
    names: ['-w', '--watch'],
    programs: ['sub'],
    group: 'output',
    help: 'Give each topic a line of its own on the terminal',
    apply: (settings) => {
      settings.watch = true;
    },
  }),
  flag({
    names: ['--message-rate'],
    programs: ['sub'],
    group: 'output',
    help: 'Print only how many messages came in each second',
    apply: (settings) => {
      settings.messageRate = true;
    },
  }),
  value({
    names: ['--color'],
    programs: ALL,
    group: 'output',
    placeholder: 'WHEN',
    help: 'Colours: always, never, or auto: on a terminal',
    default: 'auto',
    missing: 'Error: --color argument given but no word specified.',
    kind: choice({ auto: 'auto', always: 'always', never: 'never' } as const, (typed) =>
      close(`Error: Unknown value '${typed}' for --color.`),
    ),
    apply: (settings, when) => {
      settings.color = when;
    },
  }),
  flag({
    names: ['-d', '--debug'],
    programs: ALL,
    group: 'output',
    help: 'Print a line for each packet',
    apply: (settings) => {
      settings.debug = true;
    },
  }),
  flag({
    names: ['--quiet'],
    programs: ALL,
    group: 'output',
    help: 'Print no errors while running',
    apply: (settings) => {
      settings.quiet = true;
    },
  }),
];
