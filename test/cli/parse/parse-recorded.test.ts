/**
 * Recorded runs of the Mosquitto 2.1 clients: what they print about a command line, our programs print. For a departure in
 * the list of departures.ts, our programs print what the golden file has.
 */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/cli/complaint.ts';
import { PROGRAMS, type ProgramId } from '../../../src/cli/programs.ts';
import { ANSWERS, isDeparture } from '../../parity/departures.ts';
import { expectGolden } from '../../support/golden.ts';
import { withoutHint } from '../../support/hint.ts';
import { fixture, planWith, type RecordedRun } from '../support.ts';

/** These lines are good, and no broker is needed: what goes wrong is found later, such as a missing file or server. */
const FAILS_LATER: ReadonlySet<string> = new Set(
  [
    'c134 c328 c335 c337 c339 c362 c377 c378 c379 c488 c491 c492 c495 c497 c501 c506 c515',
    'c527 c528 c529 c530 c531 c532 c533 c539',
  ].flatMap((ids) => ids.split(' ')),
);

const runs = fixture<RecordedRun[]>('diagnostics.json');
const programOf = (run: RecordedRun): ProgramId => run.command.slice('mosquitto_'.length) as ProgramId;

const FOLDER = '/run-folder';
const fill = (text: string): string =>
  text.replaceAll('{tmp}', FOLDER).replaceAll('{port}', '1883').replaceAll('{closed}', '1');
const wanted = (run: RecordedRun): string =>
  isDeparture(run.id)
    ? fill(ANSWERS[run.id]?.stderr ?? 'no answer in the golden file')
    : fill(run.stderr).replaceAll(run.command, PROGRAMS[programOf(run)].name);

/** The lines of help among what we say, by the id of the run. */
const hints: Record<string, string | undefined> = {};

/** What we make of the command line: the output, and whether the run continues. */
async function outcome(run: RecordedRun): Promise<{ goesOn: boolean; stderr: string }> {
  const files = Object.fromEntries(
    Object.entries(run.files ?? {}).map(([name, text]) => [`${FOLDER}/${name}`, fill(text)]),
  );
  const env = Object.fromEntries(
    Object.entries({ HOME: '/no/such/home', ...run.env }).map(([name, text]) => [name, fill(text)]),
  );
  try {
    const plan = planWith(programOf(run), { files, env }, ...run.argv.map(fill));
    if (plan.program === 'text') {
      await plan.text();
      return { goesOn: false, stderr: '' };
    }
    return { goesOn: true, stderr: plan.quiet ? '' : plan.warnings.map((line) => `${line}\n`).join('') };
  } catch (error) {
    if (error instanceof UsageError) {
      hints[run.id] = /^Hint: .*/m.exec(error.stderr)?.[0];
      return { goesOn: false, stderr: withoutHint(error.stderr, error.status) };
    }
    throw error;
  }
}

const WARNINGS = /^(?:Warning: .*\n)*/;

/** Whether the line is good, so that the run goes on, whatever becomes of it. */
const goesOn = (run: RecordedRun): boolean =>
  run.needs === 'broker' ? !wanted(run).includes("Use '") : FAILS_LATER.has(run.id);

describe('a recorded command line', () => {
  const refused = runs.filter((run) => !goesOn(run));
  const taken = runs.filter(goesOn);

  it.each(refused)('$id $command $argv ends with the same bytes, or those of the departure', async (run) => {
    expect(await outcome(run)).toEqual({ goesOn: false, stderr: wanted(run) });
  });

  it.each(taken)('$id $command $argv is good, but for the warnings of a departure', async (run) => {
    const warnings = isDeparture(run.id) ? WARNINGS.exec(wanted(run))![0] : '';
    expect(await outcome(run)).toEqual({ goesOn: true, stderr: warnings });
  });

  it('that cannot be used gets the line of help in the golden file, or none', async () => {
    for (const run of runs) await outcome(run);
    const told = Object.fromEntries(
      runs.flatMap((run) => (hints[run.id] === undefined ? [] : [[run.id, [run.argv.join(' '), hints[run.id]]]])),
    );
    expectGolden('usage-hints.json', `${JSON.stringify(told, null, 1)}\n`);
  });

  it('is one of 461, and most are answered as recorded', () => {
    expect(refused.length + taken.length).toBe(461);
    expect(runs.filter(({ id }) => !isDeparture(id)).length).toBeGreaterThan(375);
  });
});
