import { defineConfig } from 'vitest/config';

// Two workers and generous limits: the tests start real brokers and programs on small, noisy machines.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    globals: false,
    // The single executables cannot do everything; test/standalone.json says what, and why.
    setupFiles: process.env['TSMOSQ_TEST_STANDALONE'] === undefined ? [] : ['test/support/standalone-setup.ts'],
  },
});
