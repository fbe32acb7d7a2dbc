// The tests that run anywhere: no program of the system, no device, no network. `npm test`.
import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'node',
    environment: 'node',
    globalSetup: ['test/corpus.setup.ts'],
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'perf/**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/*.system.test.ts'],
    pool: 'threads',
    // Each of two workers loads a module once for all its files, which is a third of the time.
    isolate: false,
    setupFiles: ['test/leaks.setup.ts'],
    maxWorkers: 2,
    restoreMocks: true,
    // No test is about time: a busy machine may need long for the largest of them.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], exclude: ['**/*.test.ts', '**/*.contract.ts'] },
  },
});
