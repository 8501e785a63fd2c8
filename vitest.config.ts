import os from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@': path.resolve(import.meta.dirname) } },
  test: {
    include: ['lib/**/*.test.ts', 'components/**/*.test.ts'],
    globalSetup: ['lib/db/testing/global-setup.ts'],
    // Files share what they load: nothing here keeps state in a module that another file could see.
    isolate: false,
    // Most wait for PostgreSQL or for commands they start, so three share two cores well. Vitest alone would run one.
    maxWorkers: Math.max(3, os.availableParallelism() - 1),
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
