/** Options that run a command for each message, and that end a run after the queued messages. */
import { usage } from '../complaint.ts';
import { deadLetter, shellCommand } from '../values/commands.ts';
import { integer, seconds, text } from '../values/kinds.ts';
import { flag, value } from './option.ts';

/** More processes at a time bring no benefit, and the receive maximum is twice as many. */
const MOST_WORKERS = 1000;

const EXEC_OPTION = { programs: ['sub'], group: 'commands', part: 'exec' } as const;
const DRAIN_OPTION = { programs: ['sub'], group: 'subscriptions', part: 'drain' } as const;

export const EXEC = [
  value({
    ...EXEC_OPTION,
    names: ['--exec'],
    placeholder: 'CMD',
    help: 'Run CMD for each message, with the payload as its input',
    missing: 'Error: --exec argument given but no command specified.',
    kind: shellCommand(),
    sets: 'exec',
  }),
  value({
    ...EXEC_OPTION,
    names: ['--exec-file'],
    placeholder: 'TABLE',
    help: 'Choose the command by topic from the file TABLE',
    missing: 'Error: --exec-file argument given but no file specified.',
    kind: text(),
    completion: 'file',
    sets: 'execFile',
  }),
  value({
    ...EXEC_OPTION,
    names: ['--exec-timeout'],
    placeholder: 'SECONDS',
    help: 'End a command after SECONDS; it counts as failed',
    defaultText: 'no limit',
    missing: 'Error: --exec-timeout argument given but no time specified.',
    kind: seconds({ min: Number.MIN_VALUE, bad: () => usage('Error: --exec-timeout argument must be >0.0.') }),
    sets: 'execTimeout',
  }),
  value({
    ...EXEC_OPTION,
    names: ['--exec-retries'],
    placeholder: 'COUNT',
    help: 'Retry a failed command up to COUNT times',
    default: 0,
    kind: integer({ min: 0, bad: () => usage('Error: --exec-retries argument must be >=0.') }),
    sets: 'execRetries',
  }),
  value({
    ...EXEC_OPTION,
    names: ['--dead-letter'],
    placeholder: 'PLACE',
    help: 'Move failed messages to PLACE: a directory or topic:NAME',
    defaultText: 'exit with status 123',
    kind: deadLetter(),
    completion: 'directory',
    sets: 'deadLetter',
  }),
  value({
    ...EXEC_OPTION,
    names: ['--workers'],
    placeholder: 'COUNT',
    help: 'Run up to COUNT commands at once',
    default: 1,
    kind: integer({
      min: 1,
      max: MOST_WORKERS,
      bad: () => usage(`Error: --workers argument must be from 1 to ${MOST_WORKERS}.`),
    }),
    sets: 'workers',
  }),
  flag({
    ...DRAIN_OPTION,
    names: ['--drain'],
    help: 'Exit when no more messages are queued (28: there were none)',
    sets: 'drain',
  }),
  value({
    ...DRAIN_OPTION,
    names: ['--drain-quiet'],
    placeholder: 'MS',
    help: 'Check for the end of --drain after MS without a message',
    default: 500,
    missing: 'Error: --drain-quiet argument given but no time specified.',
    kind: integer({ min: 1, bad: () => usage('Error: --drain-quiet argument must be >0.') }),
    sets: 'drainQuiet',
  }),
  flag({
    names: ['--strict-count'],
    programs: ['sub'],
    group: 'subscriptions',
    help: 'Exit with 29 if some messages arrived, but fewer than -C',
    sets: 'strictCount',
  }),
] as const;
