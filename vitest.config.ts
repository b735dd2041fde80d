import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { BEYOND_CORE, LONGEST, tiers } from './test/tiers.ts';

/** Set by scripts/test-standalone.mjs. */
const ofExecutables = process.env['TSMOSQ_TEST_STANDALONE'] !== undefined;
/** Set by scripts/test.mjs. */
const onlyCore = process.env['TSMOSQ_TEST_CORE'] !== undefined;

const { unit, processes } = tiers(import.meta.dirname);

const SIEGE = 'test/faults/siege.test.ts';

// Generous limits: the tests start real brokers and programs on small, noisy machines. No test waits for a limit, so a long
// one costs time only where there is a fault.
export const COMMON = {
  exclude: [
    ...configDefaults.exclude,
    ...(ofExecutables ? [] : ['test/e2e/standalone.test.ts']),
    ...(onlyCore ? BEYOND_CORE : []),
  ],
  pool: 'forks' as const,
  testTimeout: 60_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 40_000 } },
  globals: false,
  // The single executables cannot do everything; test/standalone.json says what, and why.
  setupFiles: ['test/support/setup.ts', ...(ofExecutables ? ['test/support/standalone-setup.ts'] : [])],
};

/** Begun last, a long one would be alone at the end, and a core idle. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONGEST.some((path) => moduleId.endsWith(path));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    teardownTimeout: 10_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      // One worker for each core of a small machine: they compute. A worker loads every module once, for all its files.
      {
        test: { ...COMMON, name: 'unit', include: unit, maxWorkers: 2, isolate: false, sequence: { groupOrder: 0 } },
      },
      // More than cores: for most of their time these wait for the programs and brokers that they have started.
      {
        test: {
          ...COMMON,
          name: 'processes',
          include: processes.filter((path) => path !== SIEGE),
          maxWorkers: 8,
          sequence: { groupOrder: 1 },
        },
      },
      // Last and alone: it takes a session for a hang that a busy machine only makes slow.
      { test: { ...COMMON, name: 'siege', include: [SIEGE], maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
  },
});
