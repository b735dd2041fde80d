// Runs every fault scenario. Nothing is lost at QoS 1 and 2, nothing arrives twice at QoS 2 in a persistent session, and no run
// that lost a message has exit status 0.
// FAULTS_THEIRS=1 runs the Mosquitto clients too, without judging them. FAULTS_RESULTS=FILE names a file for the results.
import { appendFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LIMIT, OURS, type Outcome, type Scenario, THEIRS } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

const RESULTS = process.env['FAULTS_RESULTS'];
const PATIENT = 3 * LIMIT;

function record(number: number, { program, title, qos }: Scenario, whose: 'ours' | 'theirs', outcome: Outcome): void {
  const { sent, received, lost, duplicated, status } = outcome;
  const row = { number, program, title, qos, whose, sent, received, lost, duplicated, status };
  if (RESULTS !== undefined) appendFileSync(RESULTS, `${JSON.stringify(row)}\n`);
}

test('there are at least 40 of them, each with a title of its own', () => {
  expect(SCENARIOS.length).toBeGreaterThanOrEqual(40);
  const titles = SCENARIOS.map(({ program, qos, title }) => `${program} ${qos} ${title}`);
  expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
});

describe.concurrent('ours', () => {
  for (const [i, scenario] of SCENARIOS.entries()) {
    const { program, title, qos } = scenario;
    test(`${OURS[program]} -q ${qos}: ${title}`, { timeout: PATIENT }, async () => {
      const outcome = await scenario.run(OURS);
      record(i, scenario, 'ours', outcome);
      const { broker } = outcome as { broker?: { model: { violations: string[] } } };
      expect(broker?.model.violations ?? []).toEqual([]);
      if (scenario.repeats !== true) expect({ duplicated: outcome.duplicated }).toEqual({ duplicated: 0 });
      if (scenario.loss === 'none') {
        expect({ lost: outcome.lost }).toEqual({ lost: 0 });
        expect([0, 'killed']).toContain(outcome.status);
      } else {
        expect(outcome.status).toBe(scenario.status);
      }
    });
  }
});

if (process.env['FAULTS_THEIRS'] === '1')
  describe.concurrent('theirs', () => {
    for (const [i, scenario] of SCENARIOS.entries())
      test(`${THEIRS[scenario.program]} -q ${scenario.qos}: ${scenario.title}`, { timeout: PATIENT }, async () =>
        record(i, scenario, 'theirs', await scenario.run(THEIRS)),
      );
  });
