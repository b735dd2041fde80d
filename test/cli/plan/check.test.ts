/** The plan of tscheck: every option of its own shows in it. Covers src/cli/options/checking.ts. */
import { describe, expect, it } from 'vitest';
import type { CheckSpec } from '../../../src/check/spec.ts';
import { readCheckLine } from '../../../src/cli/check-line.ts';
import { OPTIONS } from '../../../src/cli/options/index.ts';
import type { CheckPlan } from '../../../src/cli/plan/types.ts';

const planOf = (words: string): CheckPlan =>
  readCheckLine({
    argv: words.split(' '),
    pid: 1,
    random: () => 0.5,
    version: '0.0.0',
    runtime: 'a test',
    readOptionsFile: () => ({ bytes: Buffer.from('up\ncert --cafile x\n') }),
  }) as CheckPlan;

const specOf = (words: string): CheckSpec => planOf(words).jobs[0]!.spec;
const above = (end: number) => ({ start: 0, end, inside: false });

/** The words, and what they make of the plan. */
const ROWS: readonly (readonly [words: string, part: object])[] = [
  ['up', { kind: 'up', wait: 0, thresholds: {} }],
  ['up --wait 60s', { kind: 'up', wait: 60_000 }],
  ['up --wait 5', { kind: 'up', wait: 5000 }],
  ['up --warn 200ms', { thresholds: { warn: above(200) } }],
  ['up --critical 1s:2s', { thresholds: { critical: { start: 1000, end: 2000, inside: false } } }],
  ['roundtrip', { kind: 'roundtrip', topic: undefined, qos: 1 }],
  ['roundtrip -t a/b -q 2', { topic: 'a/b', qos: 2 }],
  ['roundtrip -L mqtt://h/a', { topic: 'a' }],
  [
    'fresh -t a -t b --older-than 15m',
    { kind: 'fresh', filters: ['a', 'b'], olderThan: 900_000, listen: 900_000, min: 1 },
  ],
  ['fresh -t a --older-than 15m --for 60s', { listen: 60_000 }],
  ['fresh -t a --older-than 15m --min 3', { min: 3 }],
  ['fresh -t a --older-than 15m --state f', { state: 'f', listen: 0 }],
  ['fresh -t a --older-than 15m --json .t', { path: ['t'], listen: 0 }],
  ['value -t a', { kind: 'value', filters: ['a'], wait: 0 }],
  ['value -t a --match ^on$', { match: /^on$/u }],
  ['value -t a --warn @5:10', { thresholds: { warn: { start: 5, end: 10, inside: true } } }],
  ['cert --cafile x', { kind: 'cert', thresholds: { critical: { start: 7 }, warn: { start: 30 } } }],
  ['cert --cafile x --warn 30d', { thresholds: { warn: { start: 30, end: Infinity, inside: false } } }],
  ['limits', { kind: 'limits', requirements: [] }],
  ['limits --require max-qos=2,retain=yes --require keepalive<9', { requirements: { length: 3 } }],
  ['sys', { kind: 'sys', wait: 0 }],
  ['sys --warn clients-connected=5', { thresholds: new Map([['clients-connected', { warn: above(5) }]]) }],
];

describe('the plan of tscheck', () => {
  it.each(ROWS)('%s', (words, part) => {
    expect(specOf(words)).toMatchObject(part);
  });

  it.each([
    ['up', 10_000],
    ['up --wait 60s', 60_000],
    ['up --wait 3s', 10_000],
    ['up --timeout 2s', 2000],
    ['fresh -t a --older-than 1m', 70_000],
    ['value -t a --wait 5s', 15_000],
  ])('%s has %d ms as a whole', (words, limit) => {
    expect(planOf(words).jobs[0]!.limit).toBe(limit);
  });

  it('reports as it is told to', () => {
    expect(planOf('up')).toMatchObject({ format: 'nagios', output: undefined });
    expect(planOf('up --format json --output f --name n')).toMatchObject({
      format: 'json',
      output: 'f',
      jobs: [{ label: 'n', broker: 'localhost:1883' }],
    });
  });

  it('names the broker by host and port, by an address in brackets, or by its socket', () => {
    const broker = (words: string): string => planOf(`up ${words}`).jobs[0]!.broker;
    expect(broker('-h ::1 -p 5')).toBe('[::1]:5');
    expect(broker('--unix /run/m')).toBe('/run/m');
  });

  it('connects with MQTT 5, as a client of its own name, once for all checks that can share the connection', () => {
    const plan = planOf('--checks list');
    expect(plan.jobs.map(({ spec }) => spec.kind)).toEqual(['up', 'cert']);
    const [one, other] = [planOf('up'), planOf('limits')];
    expect(one.jobs[0]!.connection).toBe(other.jobs[0]!.connection);
    expect(one.jobs[0]!.plan.session).toMatchObject({ version: 5, clientId: 'tscheck-80000000' });
    expect(planOf('up -u x').jobs[0]!.connection).not.toBe(one.jobs[0]!.connection);
  });

  it('has a row above for each option of its own', () => {
    const own = OPTIONS.filter(({ programs }) => programs.every((program) => program === 'check'));
    const words = [...ROWS.map(([text]) => text), '--checks --name --timeout --format --output'].join(' ').split(' ');
    expect(own.map(({ names }) => names[0]).filter((name) => !words.includes(name))).toEqual([]);
  });
});
