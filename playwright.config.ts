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
  use: { trace: 'off', video: 'off' },
  projects: [
    { name: 'api', testDir: './e2e/api' },
    { name: 'browser', testDir: './e2e/browser', use: { ...devices['Desktop Chrome'], trace: 'retain-on-failure' } },
  ],
});
