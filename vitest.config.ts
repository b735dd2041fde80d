import { configDefaults, defineConfig } from 'vitest/config';

/** Set by scripts/test-standalone.mjs. */
const ofExecutables = process.env['TSMOSQ_TEST_STANDALONE'] !== undefined;

// Two workers and generous limits: the tests start real brokers and programs on small, noisy machines. No test waits for
// a limit, so a long one costs time only where there is a fault.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(ofExecutables ? [] : ['test/e2e/standalone.test.ts'])],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 10_000,
    expect: { poll: { timeout: 40_000 } },
    globals: false,
    // The single executables cannot do everything; test/standalone.json says what, and why.
    setupFiles: ofExecutables ? ['test/support/standalone-setup.ts'] : [],
  },
});
