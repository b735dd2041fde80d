// Law: whatever a broker does, exit status 0 means delivered, every limit is kept, nothing grows, crashes or is left behind.
// SIEGE_SESSIONS says how many, SEED which (1 unless it is given), SIEGE_ONLY=3,17 repeats those alone: `npm run siege`.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { certificates } from '../support/certs.ts';
import { tempDir } from '../support/tmp.ts';
import { draw } from './siege-draw.ts';
import { type Breach, breaches, LAWS } from './siege-laws.ts';
import { describePlan, type Plan, PROGRAMS, type ProgramName } from './siege-plan.ts';
import { type Camp, runSession } from './siege-session.ts';

const SESSIONS = Number(process.env['SIEGE_SESSIONS'] ?? 200);
const ONLY = process.env['SIEGE_ONLY'];
const SEED = Number(process.env['SEED'] ?? 1);
/** Most of a session is waiting. */
const AT_ONCE = Number(process.env['SIEGE_AT_ONCE'] ?? 5 * availableParallelism());
const numbers = ONLY === undefined ? Array.from({ length: SESSIONS }, (_, i) => i) : ONLY.split(',').map(Number);

interface Finding extends Breach {
  readonly plan: Plan;
}

const calm = (program: ProgramName): Plan => ({
  ...{ number: 0, program, qos: 1, version: 5, tls: true, count: 3, padding: 0, pace: undefined },
  ...{ scripts: [], seconds: undefined, signal: undefined, patient: true },
});

/** What each kind of program has in memory when nothing is wrong; nothing is wrong then. */
async function baselines(camp: Camp): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const program of ['pub -l', 'sub -C', 'rr', 'library publish'] as const) {
    const session = await runSession(calm(program), camp, Number.POSITIVE_INFINITY);
    const { status, stderr } = session;
    expect({ program, status, stderr, breaches: breaches(session) }).toEqual({
      program,
      status: 0,
      stderr: '',
      breaches: [],
    });
    sizes.set(kindOf(program), session.peak);
  }
  return sizes;
}

const kindOf = (program: ProgramName): string => program.split(' ')[0]!;

test('the same seed gives the same draws, whatever the order', () => {
  const forwards = Array.from({ length: 300 }, (_, i) => draw(SEED, i));
  const backwards = Array.from({ length: 300 }, (_, i) => draw(SEED, 299 - i)).reverse();
  expect(backwards).toEqual(forwards);
  expect(new Set(forwards.map(({ program }) => program)).size).toBe(PROGRAMS.length);
  expect(draw(SEED + 1, 0)).not.toEqual(draw(SEED, 0));
});

describe('siege', () => {
  test(`${numbers.length} sessions`, { timeout: 120_000 + numbers.length * 20_000 }, async () => {
    console.log(`siege: SEED=${SEED} ${ONLY === undefined ? `SIEGE_SESSIONS=${SESSIONS}` : `SIEGE_ONLY=${ONLY}`}`);
    const { ca, server } = certificates();
    const camp = { folder: tempDir(), tls: { ca, cert: readFileSync(server.cert), key: readFileSync(server.key) } };
    const sizes = await baselines(camp);
    const findings: Finding[] = [];
    const began = Date.now();
    let fired = 0;
    const queue = [...numbers];
    const worker = async (): Promise<void> => {
      for (let number = queue.shift(); number !== undefined; number = queue.shift()) {
        const plan = draw(SEED, number);
        const session = await runSession(plan, camp, sizes.get(kindOf(plan.program))!);
        if (session.log.connections.some((connection) => connection.fired)) fired++;
        findings.push(...breaches(session).map((breach) => ({ ...breach, plan })));
        if (ONLY === undefined) continue;
        const { status, signal, milliseconds, peak, stderr, printed, log, left } = session;
        console.log(describePlan(plan));
        console.log({ status, signal, milliseconds, peak, stderr, lines: printed.lines, spoken: printed.spoken, left });
        console.log({ reads: log.reads, connections: log.connections, floodAcks: log.floodAcks });
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, numbers.length) }, worker));
    console.log(
      `siege: ${numbers.length} sessions in ${Math.round((Date.now() - began) / 1000)} s; the broker misbehaved in ${fired}`,
    );
    expect(reportOf(findings)).toEqual([]);
  });
});

/** The gravest first, each with the command that repeats it. */
function reportOf(findings: readonly Finding[]): string[] {
  const sorted = findings.toSorted(
    (a, b) => LAWS.indexOf(a.law) - LAWS.indexOf(b.law) || a.plan.number - b.plan.number,
  );
  for (const law of LAWS) {
    const count = sorted.filter((finding) => finding.law === law).length;
    if (count > 0) console.log(`siege: ${law}: broken ${count} times`);
  }
  return sorted.map(
    ({ law, words, plan }) =>
      `${law}: ${words} [npm run siege -- --seed ${SEED} --only ${plan.number}: ${describePlan(plan)}]`,
  );
}
