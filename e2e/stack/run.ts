/** What the global setup made, for the tests in other processes. */
export type Run = {
  /** Holds the databases, logs and whatever else goes away at the end. */
  folder: string;
  appUrl: string;
  serverLog: string;
  /** The main server's database. */
  databaseUrl: string;
  /** Where separate servers' databases are made, and what that PostgreSQL logs. */
  postgresUrl: string;
  postgresLog: string;
  secret: string;
};

/** The one front end elsewhere that the main server knows. */
export const LISTED_ORIGIN = 'https://front.example';

const NAME = 'LATCHKEY_E2E_RUN';

/** Playwright's workers inherit the environment of the process that ran the global setup. */
export function publishRun(run: Run): void {
  process.env[NAME] = JSON.stringify(run);
}

export function currentRun(): Run {
  const text = process.env[NAME];
  if (!text) throw new Error('The global setup has not run: start the tests with `npx playwright test`.');
  return JSON.parse(text) as Run;
}
