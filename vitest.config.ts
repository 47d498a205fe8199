import { defineConfig } from 'vitest/config';
import { SkipsReporter } from './tests/skips-reporter.ts';

export default defineConfig({
  test: {
    include: ['libs/*/src/**/*.test.ts', 'services/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: [new SkipsReporter(), 'default'],
  },
});
