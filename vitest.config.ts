import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.integration.test.ts', 'test/sabotage/**'],
          // Against hanging only: how long a test takes is the machine's affair.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Real parts with processes and ports of their own: one file after the other, so that two cores suffice.
        test: {
          name: 'integration',
          include: ['test/**/*.integration.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: { name: 'sabotage', include: ['test/sabotage/**/*.test.ts'], fileParallelism: false },
      },
    ],
  },
});
