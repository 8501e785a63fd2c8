import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** The tests' production build has a folder of its own, so that it disturbs neither `next dev` nor `npm start`. */
export const BUILD_FOLDER = '.next-e2e';
/** So has the tests' `npm run dev`. */
export const DEVELOPMENT_FOLDER = '.next-e2e-dev';

const SOURCES = [
  'app',
  'components',
  'lib',
  'drizzle',
  'public',
  'proxy.ts',
  'instrumentation.ts',
  'next.config.ts',
  'postcss.config.mjs',
  'package.json',
  'package-lock.json',
];
/** Next writes its build folder into these; the project's own versions stay. */
const REWRITTEN = ['tsconfig.json', 'next-env.d.ts'];

/** Builds unless the last build is newer than every source. @throws when the build fails. */
export function ensureBuild(): void {
  const built = fs.statSync(path.join(BUILD_FOLDER, 'BUILD_ID'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (SOURCES.some((source) => newestChange(source) > built)) {
    console.log(`Building into ${BUILD_FOLDER} …`);
    build();
  }
}

function build(): void {
  const putBack = rememberRewritten();
  try {
    const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
    const env = {
      ...process.env,
      NODE_ENV: 'production' as const,
      NEXT_DIST_DIR: BUILD_FOLDER,
      NEXT_TELEMETRY_DISABLED: '1',
      NEXT_TYPES_CHECKED: 'true',
    };
    const { status } = spawnSync(process.execPath, [next, 'build'], { env, stdio: 'inherit' });
    if (status !== 0) throw new Error('The production build failed; its output is above.');
  } finally {
    putBack();
  }
}

/** Keeps what Next is about to rewrite; the answer puts it back, and so does the end of this process. */
export function rememberRewritten(): () => void {
  const before = REWRITTEN.filter((file) => fs.existsSync(file)).map((file) => [file, fs.readFileSync(file)] as const);
  const putBack = () => {
    process.off('exit', putBack);
    for (const [file, content] of before) {
      if (!fs.readFileSync(file).equals(content)) fs.writeFileSync(file, content);
    }
  };
  process.once('exit', putBack);
  return putBack;
}

/** When a file, or anything inside a folder, was last changed; tests do not count. */
function newestChange(file: string): number {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat || /\.test\.ts$/.test(file)) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...fs.readdirSync(file).map((name) => newestChange(path.join(file, name))));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  // Ctrl-C ends the build; we stay to put the files back.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  ensureBuild();
}
