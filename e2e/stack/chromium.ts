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

// Chromium's sandbox refuses to run as root.
const args = process.getuid?.() === 0 ? ['--no-sandbox', ...QUIET] : QUIET;

const SYSTEM_BROWSERS: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: [
    '/usr/bin/chromium-headless-shell',
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
 * How to start a browser here: Playwright's own where it is or can be installed, else the system's. The headless shell is
 * preferred, as Playwright itself does: it draws for nobody, in two thirds of the time. What was found is kept in
 * `folder` for the other workers of the run.
 * @throws saying how to get one.
 */
export async function chromiumOptions(folder: string): Promise<LaunchOptions> {
  const known = path.join(folder, 'chromium');
  if (!fs.existsSync(known)) fs.writeFileSync(known, await findChromium());
  const executablePath = fs.readFileSync(known, 'utf8');
  return { ...(executablePath && { executablePath }), args };
}

/** The browser's path; empty for Playwright's own. */
async function findChromium(): Promise<string> {
  if (await ownRuns()) return '';
  const playwright = path.join(
    path.dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')),
    'cli.js',
  );
  // Ends within seconds where the download can't be reached.
  spawnSync(process.execPath, [playwright, 'install', '--only-shell', 'chromium'], { stdio: 'ignore' });
  if (await ownRuns()) return '';
  const found = SYSTEM_BROWSERS[process.platform]?.find(runs);
  if (found) return found;
  throw new Error(
    'The browser tests need Chromium, and there is none. Run "npx playwright install --with-deps --only-shell chromium", ' +
      'or install Chromium or Google Chrome (on Debian: "apt-get install chromium-headless-shell").',
  );
}

async function ownRuns(): Promise<boolean> {
  try {
    await (await chromium.launch({ args })).close();
    return true;
  } catch {
    return false;
  }
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
