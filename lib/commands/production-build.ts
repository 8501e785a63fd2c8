import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { nextBinary } from './run-node';

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
const IN_NO_BUILD = /\.test\.tsx?$|^lib\/commands\/bench$/;
/** Next writes its build folder into these; the project's own versions stay. */
const REWRITTEN = ['tsconfig.json', 'next-env.d.ts'];

/**
 * Builds for production into a folder of the project unless the last build there is newer than every source. Types are
 * left to `npm run typecheck`. @throws when the build fails.
 */
export function ensureBuild(folder: string): void {
  const built = fs.statSync(path.join(folder, 'BUILD_ID'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (SOURCES.some((source) => newestChange(source) > built)) {
    console.log(`Building into ${folder} …`);
    build(folder);
  }
}

function build(folder: string): void {
  const putBack = rememberRewritten();
  try {
    const env = {
      ...process.env,
      NODE_ENV: 'production' as const,
      NEXT_DIST_DIR: folder,
      NEXT_TELEMETRY_DISABLED: '1',
      NEXT_TYPES_CHECKED: 'true',
    };
    const { status } = spawnSync(process.execPath, [nextBinary, 'build'], { env, stdio: 'inherit' });
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

/** When a file, or anything inside a folder, was last changed; what is in no build does not count. */
function newestChange(file: string): number {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat || IN_NO_BUILD.test(file)) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...fs.readdirSync(file).map((name) => newestChange(path.posix.join(file, name))));
}
