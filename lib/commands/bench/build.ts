import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The bench's own build: neither `next dev` nor the one of the tests is disturbed. */
export const BENCH_DIST_DIR = '.next-bench';

const SOURCES = ['app', 'components', 'drizzle', 'lib', 'public'];
const SOURCE_FILES = ['instrumentation.ts', 'next.config.ts', 'package-lock.json', 'postcss.config.mjs', 'proxy.ts'];
const NOT_IN_THE_BUILD = /(^|\/)lib\/commands\/|\.test\.tsx?$/;
/** `next build` writes the names of its output folder into these; the bench leaves no trace in the project. */
const REWRITTEN_BY_NEXT = ['tsconfig.json', 'next-env.d.ts'];

export const nextBinary = () => createRequire(import.meta.url).resolve('next/dist/bin/next');

/** Builds for production unless the last build is newer than all sources. Answers whether it did. */
export async function buildIfNeeded(projectDir: string): Promise<boolean> {
  const buildId = path.join(projectDir, BENCH_DIST_DIR, 'BUILD_ID');
  const builtAtMs = fs.statSync(buildId, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (builtAtMs > newestSourceMs(projectDir)) return false;
  const files = REWRITTEN_BY_NEXT.map((name) => path.join(projectDir, name)).filter((file) => fs.existsSync(file));
  const contents = files.map((file) => fs.readFileSync(file));
  try {
    await build(projectDir);
  } finally {
    files.forEach((file, at) => {
      if (!fs.readFileSync(file).equals(contents[at]!)) fs.writeFileSync(file, contents[at]!);
    });
  }
  return true;
}

async function build(projectDir: string): Promise<void> {
  const child = spawn(process.execPath, [nextBinary(), 'build'], {
    cwd: projectDir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production', NEXT_DIST_DIR: BENCH_DIST_DIR, NEXT_TELEMETRY_DISABLED: '1' },
  });
  let output = '';
  const keep = (chunk: Buffer) => (output = (output + String(chunk)).slice(-4000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`next build failed:\n${output}`);
}

function newestSourceMs(projectDir: string): number {
  const inFolders = SOURCES.flatMap((folder) =>
    fs
      .readdirSync(path.join(projectDir, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll(path.sep, '/')}`),
  );
  const times = [...inFolders, ...SOURCE_FILES]
    .filter((name) => !NOT_IN_THE_BUILD.test(name))
    .map((name) => fs.statSync(path.join(projectDir, name), { throwIfNoEntry: false }))
    .map((stat) => (stat?.isFile() ? stat.mtimeMs : 0));
  return Math.max(...times);
}
