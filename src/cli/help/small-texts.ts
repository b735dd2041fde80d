/** The texts of `tspasswd --help TOPIC` and `tsspool --help TOPIC`. Loaded when one of them is asked for. */
import { helpRows, wrap } from '../../util/columns.ts';
import { labelOf } from '../small-grammar.ts';
import { PASSWD_ABOUT, PASSWD_STATUS, PASSWD_TASKS } from './about/passwd.ts';
import type { Rows, Task } from './about/small.ts';
import { SPOOL_TOOL_ABOUT, SPOOL_TOOL_STATUS, SPOOL_TOOL_TASKS } from './about/spool-tool.ts';
import { unmarked } from './man/plain.ts';

export type SmallName = 'tspasswd' | 'tsspool';

/** An option or a subcommand. */
export interface Subject {
  readonly name: string;
  readonly value?: string;
  readonly help: string;
}

interface SmallTexts {
  readonly about: Readonly<Record<string, string>>;
  readonly status: Rows;
  readonly tasks: readonly Task[];
}

const TEXTS: Readonly<Record<SmallName, SmallTexts>> = {
  tspasswd: { about: PASSWD_ABOUT, status: PASSWD_STATUS, tasks: PASSWD_TASKS },
  tsspool: { about: SPOOL_TOOL_ABOUT, status: SPOOL_TOOL_STATUS, tasks: SPOOL_TOOL_TASKS },
};

const COLUMNS = 80;

/** An option or subcommand: its line of the help, then full sentences. */
export const subjectText = (program: SmallName, subject: Subject): string =>
  lines(
    ...helpRows([[labelOf(subject), subject.help]]),
    '',
    ...wrap(unmarked(TEXTS[program].about[subject.name]!), COLUMNS),
  );

export const statusText = (program: SmallName): string =>
  lines(
    `Exit status of ${program}:`,
    '',
    ...helpRows(TEXTS[program].status.map(([item, text]) => [item, unmarked(text)] as const)),
  );

export const examplesText = (program: SmallName): string =>
  lines(
    ...TEXTS[program].tasks.flatMap(([task, commands], i) => [
      ...(i === 0 ? [] : ['']),
      ...wrap(`${task}${task.endsWith('?') ? '' : ':'}`, COLUMNS),
      ...commands.map((line) => `  ${line}`),
    ]),
  );

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
