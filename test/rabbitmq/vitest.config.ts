import { defineConfig } from 'vitest/config';
import common from '../../vitest.config.ts';

// Not part of `npm test`: the broker takes long to start, and few machines have it.
export default defineConfig({
  ...common,
  test: { ...common.test, include: ['test/rabbitmq/*.rabbitmq.ts'], hookTimeout: 120_000 },
});
