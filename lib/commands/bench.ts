// `npm run bench`: what a sign-in and a session check cost, each beside its floor of the same run. Fails when something
// did not work, never because something was slow.
import { execFile } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type AppServer, BENCH_FOLDER, startAppServer } from './bench/app-server';
import type { Argon2Cost } from './bench/argon2-cost';
import { type BenchDatabase, openBenchDatabase } from './bench/bench-database';
import { openHttpClient } from './bench/http-client';
import { createTravellers, signInByApi, signInByCookie, type Traveller } from './bench/journey';
import { driveJourneys, type JourneyRun, printJourneys, printSteps } from './bench/journeys';
import { Durations, Failures, type Load } from './bench/load';
import { freshNumbers } from './bench/numbers';
import { type CheckRun, driveChecks, printChecks, type Target } from './bench/session-checks';
import { printStatements } from './bench/statements';
import { printTable } from './bench/table';
import { printVerdict } from './bench/verdict';
import { ensureBuild } from './production-build';

const LEVELS = [1, 16, 64];
const JOURNEY_SECONDS = 6;
const MOST_JOURNEYS = 1_000;
/** The CPU of a journey falls until V8 has compiled what runs often, which takes more than a thousand of them. */
const WARM_UP_JOURNEYS = { inFlight: 16, seconds: 20, most: 1_500 };
const WARM_UP_CHECKS = { inFlight: 16, seconds: 3, most: 600 };
const CHECK_SECONDS = 0.8;
const CHECK_ROUNDS = 4;
const UNBOUNDED = Number.MAX_SAFE_INTEGER;
/** Below the budget of an hour, which stays at its default. */
const MOST_NUMBERS = WARM_UP_JOURNEYS.most + (2 * LEVELS.length + 1) * MOST_JOURNEYS + 10;

const failures = new Failures();
const cleanUps: (() => Promise<void>)[] = [];

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(code)));
}
try {
  await main();
} catch (error) {
  console.error(`\nThe bench could not be completed. ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}

async function main(): Promise<void> {
  const start = performance.now();
  ensureBuild(BENCH_FOLDER);
  const database = await openBenchDatabase(process.env.DATABASE_URL);
  cleanUps.push(() => database.close());
  printHead(database);

  const argon2 = await rawArgon2Cost();
  printArgon2(argon2);
  const nextTraveller = createTravellers(freshNumbers(MOST_NUMBERS));

  const server = await startAppServer(database.url);
  cleanUps.push(() => server.stop());
  await server.switchHashing('hmac');
  await driveJourneys(server, database, nextTraveller, WARM_UP_JOURNEYS, failures);
  const bareJourneys = await allLevels(server, database, nextTraveller);
  printJourneys('Journeys (send, verify, me) with argon2 replaced by an HMAC, in this bench only', bareJourneys, null);
  printSteps('Their steps', bareJourneys);
  await server.switchHashing('hmac', argon2[0]!.wallMs);
  const pausedJourneys = [await driveJourneys(server, database, nextTraveller, levelOf(1), failures)];
  printJourneys('The same with a pause as long as argon2 takes, which uses no CPU', pausedJourneys, null);
  await server.switchHashing('argon2');
  const journeys = await allLevels(server, database, nextTraveller);
  printJourneys('Journeys (send, verify, me), each a new number and account', journeys, argon2);
  printSteps('Their steps', journeys);
  printStatements(await database.statements());
  const checks = await sessionChecks(server, database, nextTraveller);
  printChecks('Session checks, in turns with their floors', checks);
  await server.stop();

  printVerdict({ journeys, bareJourneys, pausedJourneys, argon2, checks });
  printFailures();
  console.log(
    `\n${Math.round((performance.now() - start) / 1000)} s in all, load average at the end ${os.loadavg()[0]!.toFixed(2)}`,
  );
}

function printHead(database: BenchDatabase): void {
  const [cpu] = os.cpus();
  console.log(
    `Machine    ${os.availableParallelism()} cores (${cpu?.model.trim() ?? 'unknown'}), ${process.platform} ${process.arch}, Node ${process.versions.node}`,
  );
  console.log(
    `Load       average ${os.loadavg()[0]!.toFixed(2)} before the start; server, database and load generator share the machine`,
  );
  console.log(`Database   ${database.description}`);
  console.log('Limits     on, at their defaults; each journey has a number and a client address of its own');
  if (!database.counts) {
    console.log(
      'Statements are not counted: this server has not loaded pg_stat_statements (shared_preload_libraries).',
    );
  }
}

async function rawArgon2Cost(): Promise<Argon2Cost[]> {
  const script = path.join(import.meta.dirname, 'bench', 'argon2-cost.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script]);
  return JSON.parse(stdout) as Argon2Cost[];
}

function printArgon2(costs: readonly Argon2Cost[]): void {
  printTable(
    'Floor: one raw argon2 operation, in a process of its own',
    [
      { header: 'at once' },
      { header: 'operations/s', decimals: 1 },
      { header: 'ms', decimals: 1 },
      { header: 'CPU ms', decimals: 2 },
    ],
    costs.map(({ concurrency, perSecond, wallMs, cpuMs }) => [concurrency, perSecond, wallMs, cpuMs]),
  );
}

function levelOf(inFlight: number): Load {
  return { inFlight, seconds: JOURNEY_SECONDS, most: MOST_JOURNEYS };
}

async function allLevels(
  server: AppServer,
  database: BenchDatabase,
  nextTraveller: () => Traveller,
): Promise<JourneyRun[]> {
  const runs: JourneyRun[] = [];
  for (const inFlight of LEVELS) {
    runs.push(await driveJourneys(server, database, nextTraveller, levelOf(inFlight), failures));
  }
  return runs;
}

async function sessionChecks(
  server: AppServer,
  database: BenchDatabase,
  nextTraveller: () => Traveller,
): Promise<CheckRun[]> {
  const client = openHttpClient(server.origin, 1);
  const access = await signInByApi(client, database, nextTraveller(), new Durations());
  const cookie = await signInByCookie(server, client, database, nextTraveller());
  client.close();
  const json = 'static JSON';
  const page = 'page, no session';
  const targets: Target[] = [
    { name: json, path: '/manifest.webmanifest', headers: {}, floor: json },
    { name: 'API, bearer', path: '/api/me', headers: { authorization: `Bearer ${access}` }, floor: json },
    { name: 'API, cookie', path: '/api/me', headers: { cookie }, floor: json },
    { name: page, path: '/', headers: { accept: 'text/html' }, floor: page },
    { name: 'page, cookie', path: '/dashboard', headers: { accept: 'text/html', cookie }, floor: page },
  ];
  await driveChecks(server, database, targets, WARM_UP_CHECKS, 1, failures);
  const runs: CheckRun[] = [];
  for (const inFlight of LEVELS) {
    runs.push(
      ...(await driveChecks(
        server,
        database,
        targets,
        { inFlight, seconds: CHECK_SECONDS, most: UNBOUNDED },
        CHECK_ROUNDS,
        failures,
      )),
    );
  }
  return runs;
}

function printFailures(): void {
  if (failures.total === 0) {
    console.log('\nErrors: 0');
    return;
  }
  printTable('Errors', [{ header: 'step and answer' }, { header: 'count' }], [...failures.counts]);
  process.exitCode = 1;
}

/** The servers before the database, each once. */
async function cleanUp(): Promise<void> {
  for (const undo of cleanUps.splice(0).reverse()) {
    await undo().catch((error: unknown) => console.error(`Not cleaned up: ${(error as Error).message}`));
  }
}
