import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // libuv's default loop is the main thread's: worker threads are out (docs/architecture.md).
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    reporters: ['default', './test/support/reporter.ts'],
    coverage: { include: ['src/**'], reporter: ['text-summary', 'text'] },
  },
});
