import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium, type LaunchOptions } from '@playwright/test';

const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const SYSTEM_BROWSERS: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/snap/bin/chromium',
  ],
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap((name) => {
    const folder = process.env[name];
    return folder ? [path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')] : [];
  }),
};

/**
 * How to start a browser here: Playwright's own where it is or can be installed, else the system's. What was found is kept
 * in `folder` for the other workers of the run.
 * @throws saying how to get one.
 */
export function chromiumOptions(folder: string): LaunchOptions {
  const known = path.join(folder, 'chromium');
  if (!fs.existsSync(known)) fs.writeFileSync(known, findChromium());
  // Chromium's sandbox refuses to run as root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox', ...QUIET] : QUIET;
  return { executablePath: fs.readFileSync(known, 'utf8'), args };
}

function findChromium(): string {
  const own = chromium.executablePath();
  if (runs(own)) return own;
  const playwright = path.join(
    path.dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')),
    'cli.js',
  );
  // Ends within seconds where the download can't be reached.
  spawnSync(process.execPath, [playwright, 'install', 'chromium'], { stdio: 'ignore' });
  const found = [own, ...(SYSTEM_BROWSERS[process.platform] ?? [])].find(runs);
  if (found) return found;
  throw new Error(
    'The browser tests need Chromium, and there is none. Run "npx playwright install --with-deps chromium", or install ' +
      'Chromium or Google Chrome (on Debian and Ubuntu: "apt-get install chromium").',
  );
}

/** There, and with all the libraries it needs. */
function runs(browser: string): boolean {
  if (!fs.existsSync(browser)) return false;
  if (process.platform === 'win32') return true; // Chrome prints no version there, it opens a window
  try {
    execFileSync(browser, ['--version', '--no-sandbox'], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}
