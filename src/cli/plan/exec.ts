/** `--exec` and related options: the table of `--exec-file`, and excluded combinations. */
import { isSharedFilter, isTopicFilter, matches } from '../../mqtt/topic.ts';
import { isWellFormed } from '../../util/utf8.ts';
import { type Complaint, runtimeError, usage } from '../complaint.ts';
import { EXEC } from '../options/exec.ts';
import { DEFAULTS, type Settings } from '../options/settings.ts';
import type { ProgramId } from '../programs.ts';
import type { LineSurroundings } from '../surroundings.ts';
import type { ExecPlan, ExecRule } from './types.ts';

/** Whether a command is requested. */
export const hasCommands = ({ exec, execFile }: Settings): boolean => exec !== undefined || execFile !== undefined;

/** As many messages as can run, and as many again waiting, so that no worker is idle. */
export const execReceiveMaximum = ({ workers = DEFAULTS.workers }: Settings): number => 2 * workers;

/** Bytes: room for 300,000 commands. */
const MOST_TABLE_BYTES = 16 * 1024 * 1024;

/** Returns undefined without commands. Throws a Complaint about the table. */
export function execPlan(settings: Settings, { readOptionsFile }: LineSurroundings): ExecPlan | undefined {
  if (!hasCommands(settings)) return undefined;
  const { exec: command, execFile: table, execTimeout: timeout, deadLetter } = settings;
  const { execRetries: retries = DEFAULTS.execRetries, workers = DEFAULTS.workers } = settings;
  let commands: ExecRule[] = [];
  if (table !== undefined) {
    const file = readOptionsFile?.(table, MOST_TABLE_BYTES) ?? { reason: '' };
    if ('reason' in file)
      throw runtimeError(`Error: Unable to read --exec-file "${table}"${file.reason && `: ${file.reason}`}.`);
    if (file.bytes.length > MOST_TABLE_BYTES)
      throw runtimeError(`Error: The --exec-file "${table}" is longer than ${MOST_TABLE_BYTES} bytes.`);
    commands = execTable(file.bytes, table);
  }
  // For messages that no line matches.
  if (command !== undefined) commands.push({ command });
  return { commands, timeout, retries, deadLetter, workers };
}

/**
 * Each line is FILTER, white space, COMMAND. A filter that contains white space, or begins like a comment, is in double
 * quotes. Throws a Complaint with the number of the line.
 */
export function execTable(bytes: Uint8Array, path: string): ExecRule[] {
  const rules: ExecRule[] = [];
  Buffer.from(bytes)
    .toString('latin1')
    .split('\n')
    .forEach((raw, i) => {
      const fault = (what: string): Complaint => runtimeError(`Error: --exec-file "${path}", line ${i + 1}: ${what}.`);
      const line = Buffer.from(raw, 'latin1');
      if (!isWellFormed(line) || line.includes(0)) throw fault('the line is not text');
      const words = line.toString().trim();
      if (words === '' || words.startsWith('#')) return;
      const parts = /^(?:"([^"]*)"|([^"\s]\S*))(?:\s+(.*))?$/s.exec(words);
      if (parts === null) throw fault('a closing quote is missing, or a space after it');
      const filter = parts[1] ?? parts[2]!;
      if (!isTopicFilter(filter))
        throw fault(`invalid topic filter '${filter}', are the wildcards '+' and '#' correct`);
      if (isSharedFilter(filter))
        throw fault(`'${filter}' is never the topic of a message: write only what follows the group`);
      if (parts[3] === undefined) throw fault(`no command after the filter '${filter}'`);
      rules.push({ filter, command: parts[3] });
    });
  if (rules.length === 0) throw runtimeError(`Error: --exec-file "${path}" has no line with a command.`);
  return rules;
}

/** The filter of a subscription without `$share/GROUP/`. */
const subscribedTo = (filter: string): string =>
  isSharedFilter(filter) ? filter.split('/').slice(2).join('/') : filter;

/** A dead letter received as a message would fail again and again. */
function comesBack({ deadLetter, topics, filterOut }: Settings): boolean {
  if (deadLetter?.kind !== 'topic') return false;
  const { topic } = deadLetter;
  const isTaken = (filters: readonly string[]): boolean =>
    filters.some((filter) => matches(subscribedTo(filter), topic));
  return isTaken(topics) && !isTaken(filterOut);
}

/** An option that has no effect without a command. */
const lonely = (settings: Settings): string | undefined =>
  EXEC.find((row) => 'part' in row && row.part === 'exec' && settings[row.sets] !== undefined)?.names[0];

/** A combination that all or some programs exclude. */
export interface Check {
  readonly programs?: readonly ProgramId[];
  readonly fails: (settings: Settings, program: ProgramId) => boolean;
  readonly complaint: (settings: Settings, program: ProgramId) => Complaint;
}

/** Checks for tssub. */
export const EXEC_CHECKS: readonly Check[] = [
  {
    fails: (settings) => !hasCommands(settings) && lonely(settings) !== undefined,
    complaint: (settings) => usage(`Error: ${lonely(settings)} needs --exec or --exec-file.`),
  },
  {
    fails: (settings) => hasCommands(settings) && (settings.watch || settings.messageRate),
    complaint: ({ watch }) =>
      usage(`Error: Combining '--exec' and '${watch ? '-w' : '--message-rate'}' makes no sense.`, {
        above: 1,
        helpLine: false,
      }),
  },
  {
    fails: comesBack,
    complaint: () => usage('Error: The --dead-letter topic is subscribed to (-t); leave it out with -T.'),
  },
  {
    fails: ({ drain, drainQuiet }) => !drain && drainQuiet !== undefined,
    complaint: () => usage('Error: --drain-quiet needs --drain.'),
  },
  {
    fails: ({ drain, exitAfterSubscribe }) => drain && exitAfterSubscribe,
    complaint: () => usage("Error: Combining '-E' and '--drain' makes no sense.", { above: 1, helpLine: false }),
  },
  {
    fails: ({ strictCount, count }) => strictCount && count === undefined,
    complaint: () => usage('Error: --strict-count needs -C.'),
  },
];
