import { defineConfig, devices } from '@playwright/test';

export default defineConfig({
  testDir: './e2e',
  globalSetup: './e2e/stack/global-setup.ts',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 30_000,
  reporter: [['list']],
  // Tracing slows every test down and breaks the pages' policy a little itself: ask for it with --trace on.
  use: { trace: 'off', screenshot: 'only-on-failure', video: 'off' },
  projects: [
    { name: 'api', testDir: './e2e/api' },
    { name: 'browser', testDir: './e2e/browser', use: { ...devices['Desktop Chrome'] } },
  ],
});
