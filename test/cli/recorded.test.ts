/** Runs of the Mosquitto 2.1 clients, recorded: what they say of a command line, we say. */
import { describe, expect, it } from 'vitest';
import { Complaint, UsageError } from '../../src/cli/complaint.ts';
import { findOption } from '../../src/cli/options/index.ts';
import { PROGRAMS, type ProgramId } from '../../src/cli/programs.ts';
import { fixture, plan, type RecordedRun, settingsOf, stderrOf } from './support.ts';

/** Where we differ on purpose: the complaint that we make instead, or undefined where we accept the line. */
const DEPARTURES: Readonly<Record<string, { readonly says: string | undefined; readonly why: string }>> = {
  c133: { says: 'Error: Both topic and message must be supplied.', why: '--long=value is accepted' },
  c134: { says: undefined, why: '--long=value is accepted' },
  c163: { says: 'Error: Invalid port given: 99999999999', why: 'numbers do not wrap' },
  c182: { says: 'Error: Invalid message count "abc".', why: 'what is no number is not 0' },
  c183: { says: 'Error: Invalid message count "".', why: 'what is no number is not 0' },
  c186: { says: 'Error: Invalid timeout "x".', why: 'what is no number is not 0' },
  c187: { says: 'Error: Invalid timeout "0.5".', why: 'what is no whole number is not cut off' },
  c314: {
    says: 'Error: Properties (-D) need MQTT 5, but a later option selects MQTT 3.1.1.',
    why: 'the reason is told',
  },
  c316: { says: 'Error in Will properties: payload-format-indicator must be 0 or 1', why: 'the reason is told' },
  c361: {
    says: 'Error: Invalid URL for -L argument specified - host missing.',
    why: 'IPv6 addresses stand in brackets',
  },
  c400: {
    says: 'Error: reason-string property not supported for connack in --property argument.',
    why: 'the reason is told',
  },
  c401: {
    says: 'Error: assigned-client-identifier property not supported for connack in --property argument.',
    why: 'the reason is told',
  },
  c440: { says: 'Error in CONNECT properties: maximum-packet-size must be at least 1', why: 'the reason is told' },
  c441: {
    says: 'Error in CONNECT properties: request-problem-information must be 0 or 1',
    why: 'the reason is told',
  },
  c442: {
    says: 'Error in CONNECT properties: request-response-information must be 0 or 1',
    why: 'the reason is told',
  },
  c444: {
    says: 'Error: Properties (-D) need MQTT 5, but a later option selects MQTT 3.1.1.',
    why: 'the reason is told',
  },
  c446: {
    says: 'Error in CONNECT properties: Duplicate property in property list',
    why: 'properties are checked before connecting, as in 2.0',
  },
  c540: { says: 'Error: Invalid port given: abc', why: 'what is no number is not 0' },
};

const runs = fixture<RecordedRun[]>('usage-diagnostics.json');
const programOf = (run: RecordedRun): ProgramId => run.command.slice('mosquitto_'.length) as ProgramId;

/** tsrr has no plan yet: its line is only parsed. */
function read(program: ProgramId, argv: readonly string[]): void {
  if (program !== 'rr') {
    plan(program, ...argv);
    return;
  }
  try {
    settingsOf(program, ...argv);
  } catch (error) {
    throw error instanceof Complaint ? new UsageError(PROGRAMS[program], error, false) : error;
  }
}

/** Options that are refused before anything else can be said of the line. */
const usesLaterOption = (run: RecordedRun): boolean =>
  run.argv.some((word) => findOption(programOf(run), word)?.later === true);

const same = runs.filter(
  (run) => !usesLaterOption(run) && !(run.id in DEPARTURES) && !(programOf(run) === 'rr' && run.group === 'required'),
);
const different = runs.filter((run) => run.id in DEPARTURES);
const later = runs.filter(usesLaterOption);

describe('a command line that the originals refuse', () => {
  it.each(same)('$id $command $argv is refused with the same bytes', (run) => {
    const program = programOf(run);
    expect(stderrOf(() => read(program, run.argv))).toBe(run.stderr.replaceAll(run.command, PROGRAMS[program].name));
  });

  it.each(different)('$id $command $argv gets our own answer', (run) => {
    const { says } = DEPARTURES[run.id]!;
    const answer = () => read(programOf(run), run.argv);
    if (says === undefined) expect(answer).not.toThrow();
    else expect(stderrOf(answer).split('\n')[0]).toBe(says);
  });

  it.each(later)('$id $command $argv is refused, as before or because an option is not available', (run) => {
    const program = programOf(run);
    const stderr = stderrOf(() => read(program, run.argv));
    const recorded = run.stderr.replaceAll(run.command, PROGRAMS[program].name);
    if (stderr !== recorded)
      expect(stderr).toMatch(/^Error: Option '-\S+' is not available in this version\.\n\nUse '/);
  });

  it('is one of 200 and more', () => {
    expect(same.length).toBeGreaterThan(200);
  });
});
