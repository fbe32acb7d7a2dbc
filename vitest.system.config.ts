// The tests against programs of this system and against the packed package. `npm run test:system`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'system',
    environment: 'node',
    include: ['src/**/*.system.test.ts', 'test/**/*.system.test.ts'],
    globalSetup: ['test/tools.setup.ts', 'test/corpus.setup.ts', 'test/page.setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Programs of other people have their own patience: what fails twice on a busy machine has failed.
    retry: process.env['CI'] === undefined ? 0 : 1,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
