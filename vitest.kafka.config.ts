import { defineConfig } from 'vitest/config';
import { SkipsReporter } from './tests/skips-reporter.ts';

/** The tests that need real brokers, apart: they share one, start others, and take their time. */
export default defineConfig({
  test: {
    include: [
      'libs/*/src/**/*.kafka.test.ts',
      'services/*/src/**/*.kafka.test.ts',
      'tests/**/*.kafka.test.ts',
    ],
    globalSetup: ['tests/kafka/shared-broker.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: [new SkipsReporter(), 'default'],
  },
});
