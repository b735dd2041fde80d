/** The forms and options of tsspool: one row each. */

export interface SpoolForm {
  readonly name: string;
  /** What stands behind it. */
  readonly words?: string;
  readonly help: string;
}

export const FORMS = [
  { name: 'list', help: 'the messages that wait, the oldest first' },
  { name: 'shape', help: 'how many wait, by topic and by age in minutes (see qshape)' },
  { name: 'show', words: 'ID', help: 'one message: what it is, an empty line, its payload' },
  { name: 'drop', words: '[ID...]', help: 'remove messages, by identifier, topic or age' },
  { name: 'export', help: 'print the messages as JSON lines, as tssub -F %j does' },
  { name: 'import', help: 'add messages from such lines on standard input' },
  { name: 'verify', help: 'read everything; exit status 1 if something is damaged' },
] as const satisfies readonly SpoolForm[];

export type FormName = (typeof FORMS)[number]['name'];

export interface SpoolOption {
  readonly name: `--${string}`;
  readonly value?: string;
  readonly help: string;
  /** Without, it goes with every form. */
  readonly forms?: readonly FormName[];
}

const SELECTING = ['list', 'shape', 'drop', 'export'] as const;

export const OPTIONS = [
  { name: '--json', help: 'print JSON; with list an object a line, else one object' },
  { name: '--topic', value: 'FILTER', help: 'only messages whose topic the filter takes', forms: SELECTING },
  {
    name: '--older-than',
    value: 'AGE',
    help: 'only messages that have waited longer: 90s, 15m, 2h, 7d',
    forms: SELECTING,
  },
  { name: '--levels', value: 'N', help: 'levels of a topic that make a line (default 2)', forms: ['shape'] },
  { name: '--color', value: 'WHEN', help: 'colours: always, never, or auto (default): on a terminal' },
  { name: '--completion', value: 'SHELL', help: 'print a completion script for bash, zsh or fish' },
  { name: '--help', help: 'print this text' },
  { name: '--version', help: 'print the version, and what this build can do' },
] as const satisfies readonly SpoolOption[];

export type OptionName = (typeof OPTIONS)[number]['name'];
