import { defineConfig } from 'vitest/config';
import { COMMON } from '../../vitest.config.ts';

// Not part of `npm test`: the broker takes long to start, and few machines have it.
export default defineConfig({
  test: { ...COMMON, include: ['test/rabbitmq/*.rabbitmq.ts'] },
});
