// `npm test`: everything that must hold before a change is good, in the order in which it fails fastest.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { runNode } from './run-node';

type Count = { passed: number; failed: number };
type Stage = {
  name: string;
  /** What Node runs. */
  node: [string, ...string[]];
  env?: Record<string, string>;
  /** Reads how many tests there were, once the stage is done. */
  count?: () => Count;
};

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey-results-'));
const results = { unit: path.join(folder, 'unit.json'), endToEnd: path.join(folder, 'end-to-end.json') };
const playwright = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')),
  'cli.js',
);

/** Those of one line run side by side. */
const stages: Stage[][] = [
  [
    { name: 'Lint and format', node: npmRun('lint') },
    { name: 'Types', node: npmRun('typecheck') },
  ],
  [
    {
      name: 'Unit and store tests',
      node: npmRun('test:unit', '--reporter=default', '--reporter=json', `--outputFile.json=${results.unit}`),
      count() {
        const { numPassedTests, numFailedTests } = readJson<{ numPassedTests: number; numFailedTests: number }>(
          results.unit,
        );
        return { passed: numPassedTests, failed: numFailedTests };
      },
    },
  ],
  [{ name: 'Production build', node: ['--import', 'tsx', path.join('e2e', 'stack', 'build.ts')] }],
  [
    {
      name: 'API and browser tests',
      node: [playwright, 'test', '--reporter=list,json'],
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: results.endToEnd },
      count() {
        const { stats } = readJson<{ stats: { expected: number; flaky: number; unexpected: number } }>(
          results.endToEnd,
        );
        return { passed: stats.expected + stats.flaky, failed: stats.unexpected };
      },
    },
  ],
];

const total: Count = { passed: 0, failed: 0 };
process.exitCode = await runStages();
fs.rmSync(folder, { recursive: true, force: true });
// Whatever reads our output finds the sum in the last line.
console.log(`${total.passed} passed, ${total.failed} failed`);

/** Runs one line of stages after the other until one fails; answers that one's exit code. */
async function runStages(): Promise<number> {
  for (const line of stages) {
    const failed = (await Promise.all(line.map(runStage))).find((code) => code !== 0);
    if (failed !== undefined) return failed;
  }
  return 0;
}

async function runStage({ name, node, env, count }: Stage): Promise<number> {
  console.log(`\n── ${name}`);
  const began = performance.now();
  const [script, ...args] = node;
  const code = await runNode(script, args, { ...process.env, ...env });
  const counted = readCount(count);
  total.passed += counted.passed;
  // A stage can fail without a failing test: a lint error, a test file that can't be loaded.
  total.failed += code !== 0 && counted.failed === 0 ? 1 : counted.failed;
  console.log(`── ${name}: ${code === 0 ? 'good' : 'failed'}, ${Math.round((performance.now() - began) / 1000)} s`);
  return code;
}

/** A script of package.json. npm tells those it runs where it is itself. */
function npmRun(script: string, ...args: string[]): [string, ...string[]] {
  const npm = process.env.npm_execpath;
  if (!npm) throw new Error('Run the tests by "npm test".');
  return [npm, 'run', '--silent', script, '--', ...args];
}

function readCount(count: Stage['count']): Count {
  try {
    return count?.() ?? { passed: 0, failed: 0 };
  } catch {
    // It ended before it wrote its results.
    return { passed: 0, failed: 0 };
  }
}

function readJson<Value>(file: string): Value {
  return JSON.parse(fs.readFileSync(file, 'utf8')) as Value;
}
