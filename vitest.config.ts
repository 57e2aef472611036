import { defineConfig } from 'vitest/config';

/** Two projects: `unit` is fast and touches nothing outside; `integration` runs real servers, one file at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Properties run many cases, and the cluster may be building beside them.
          testTimeout: 30_000,
          include: [
            'test/{contract,platform,agent,injector,governance,cli,deploy,run,architecture,golden,soak,load}/**/*.test.ts',
          ],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: 'test/run/bundles.ts',
          fileParallelism: false,
          // No times that are measured: a busy machine is slow, and may stand still for seconds.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: 'test/run/bundles.ts',
          fileParallelism: false,
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
