import { configDefaults, defineConfig } from 'vitest/config';
import { SkipsReporter } from './tests/skips-reporter.ts';

export default defineConfig({
  test: {
    include: [
      'deploy/**/*.test.ts',
      'libs/*/src/**/*.test.ts',
      'services/*/src/**/*.test.ts',
      'tests/**/*.test.ts',
    ],
    // Those that need a real broker have a config of their own: vitest.kafka.config.ts.
    exclude: [...configDefaults.exclude, '**/*.kafka.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: [new SkipsReporter(), 'default'],
  },
});
