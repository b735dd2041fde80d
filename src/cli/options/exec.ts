/** A command for each message, and the end of a run that takes what was queued. */
import { close } from '../complaint.ts';
import { deadLetter, shellCommand } from '../values/commands.ts';
import { decimal, integer, text } from '../values/kinds.ts';
import { flag, type Option, value } from './option.ts';

/** More processes at a time do no good, and twice as many is the receive maximum. */
const MOST_WORKERS = 1000;

export const EXEC: readonly Option[] = [
  value({
    names: ['--exec'],
    programs: ['sub'],
    group: 'exec',
    placeholder: 'CMD',
    help: 'Run CMD for each message, payload on its input; MQTT_TOPIC',
    missing: 'Error: --exec argument given but no command specified.',
    kind: shellCommand(),
    apply: (settings, command) => {
      settings.exec.command = command;
    },
  }),
  value({
    names: ['--exec-file'],
    programs: ['sub'],
    group: 'exec',
    placeholder: 'TABLE',
    help: 'Lines FILTER COMMAND; the first that fits is run',
    missing: 'Error: --exec-file argument given but no file specified.',
    kind: text(),
    completion: 'file',
    apply: (settings, path) => {
      settings.exec.table = path;
    },
  }),
  value({
    names: ['--exec-timeout'],
    programs: ['sub'],
    group: 'exec',
    placeholder: 'SECONDS',
    help: 'End a command that takes longer; it has failed',
    default: 'no limit',
    missing: 'Error: --exec-timeout argument given but no time specified.',
    kind: decimal({ min: Number.MIN_VALUE, bad: () => close('Error: --exec-timeout argument must be >0.0.') }),
    apply: (settings, seconds) => {
      settings.exec.timeout = seconds * 1000;
    },
  }),
  value({
    names: ['--exec-retries'],
    programs: ['sub'],
    group: 'exec',
    placeholder: 'COUNT',
    help: 'Run a failed command so often again, after 1, 2, 4 s',
    default: '0',
    missing: 'Error: --exec-retries argument given but no count specified.',
    kind: integer({ min: 0, bad: () => close('Error: --exec-retries argument must be >=0.') }),
    apply: (settings, count) => {
      settings.exec.retries = count;
    },
  }),
  value({
    names: ['--dead-letter'],
    programs: ['sub'],
    group: 'exec',
    placeholder: 'PLACE',
    help: 'Then keep its message in a folder, or on topic:NAME',
    default: 'leave, with exit status 123',
    missing: 'Error: --dead-letter argument given but no place specified.',
    kind: deadLetter(),
    completion: 'directory',
    apply: (settings, place) => {
      settings.exec.deadLetter = place;
    },
  }),
  value({
    names: ['--workers'],
    programs: ['sub'],
    group: 'exec',
    placeholder: 'COUNT',
    help: 'Run so many commands at a time',
    default: '1',
    missing: 'Error: --workers argument given but no count specified.',
    kind: integer({
      min: 1,
      max: MOST_WORKERS,
      bad: () => close(`Error: --workers argument must be from 1 to ${MOST_WORKERS}.`),
    }),
    apply: (settings, count) => {
      settings.exec.workers = count;
    },
  }),
  flag({
    names: ['--drain'],
    programs: ['sub'],
    group: 'subscribing',
    help: 'Leave when no more is queued; exit status 28: nothing was',
    apply: (settings) => {
      settings.drain = true;
    },
  }),
  value({
    names: ['--drain-quiet'],
    programs: ['sub'],
    group: 'subscribing',
    placeholder: 'MS',
    help: 'Silence before --drain asks whether there is more',
    default: '500',
    missing: 'Error: --drain-quiet argument given but no time specified.',
    kind: integer({ min: 1, bad: () => close('Error: --drain-quiet argument must be >0.') }),
    apply: (settings, quiet) => {
      settings.drainQuiet = quiet;
    },
  }),
  flag({
    names: ['--strict-count'],
    programs: ['sub'],
    group: 'subscribing',
    help: 'Exit status 29 for some messages, but fewer than -C',
    apply: (settings) => {
      settings.strictCount = true;
    },
  }),
];
