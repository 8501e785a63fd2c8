import type { Clock } from '../clock';
import type { Database } from '../db/client';
import type { Env } from '../env';
import type { Routes } from '../sms/routes';
import type { Finding } from '../sms/sender';
import type { CallVendor } from '../sms/vendor-http';
import { capital, vendorName } from '../sms/vendor-words';
import { breakerFindings, databaseFindings, limitFindings } from './database-store';
import { type CheckLine, failed, ok, warning, worst } from './finding';
import { reachFindings } from './reach-checks';
import { fraudFindings } from './fraud-findings';
import { inboxFindings, keyFindings, originFindings, routeFindings, testNumberFindings } from './settings-checks';

export type DoctorDeps = {
  db: Database;
  env: Env;
  clock: Clock;
  /** Every vendor that is set up, those that keep the codes themselves as well. */
  vendors: ReadonlyMap<string, { diagnose(): Promise<Finding[]> }>;
  routes: Routes;
  /** How APP_URL is asked; tests hand in their own. */
  call?: CallVendor;
};

/**
 * Everything that can be found out without sending a message, for `npm run doctor`. Never throws: a check that can't be made is
 * a finding. No line holds a secret or a number.
 */
export async function runChecks(deps: DoctorDeps): Promise<CheckLine[]> {
  return (await Promise.all([runLocalChecks(deps), runOutsideChecks(deps)])).flat();
}

/** What settings and database say by themselves: a matter of milliseconds. */
export async function runLocalChecks({ db, env, clock, vendors, routes }: DoctorDeps): Promise<CheckLine[]> {
  const database = await attempt(() => databaseFindings(db, env.DATABASE_URL));
  const withDatabase = async (what: string, check: () => Promise<Finding[]>) =>
    worst(database) === 'failed'
      ? [warning(`${what} can’t be told without the database.`, 'Mend the database first.')]
      : attempt(check);
  const [breakers, limits, fraud] = await Promise.all([
    withDatabase('Which vendors keep failing', () => breakerFindings(db)),
    withDatabase('How much of the budgets is used', () => limitFindings(db, env)),
    withDatabase('Where sending is switched off', () => fraudFindings(db, env)),
  ]);
  const areas: [string, Finding[]][] = [
    ['Settings', [ok('All settings can be read, and none is unsafe.'), ...testNumberFindings(env, clock.now())]],
    ['Address', originFindings(env)],
    ['Keys', keyFindings(env)],
    ['Database', database],
    ['Messages', [...inboxFindings(env), ...routeFindings(routes, new Set(vendors.keys())), ...breakers]],
    ['Limits', limits],
    ['Fraud', fraud],
  ];
  return areas.flatMap(([area, findings]) => findings.map((finding) => ({ ...finding, area })));
}

/** What only others can tell, each within seconds: whether the app is reached at APP_URL, and what every vendor says. */
export async function runOutsideChecks({ env, vendors, call }: DoctorDeps): Promise<CheckLine[]> {
  const areas: [string, () => Promise<Finding[]>][] = [
    [REACH, () => reachFindings(env, new Set(vendors.keys()), call)],
    ...[...vendors].map(([name, vendor]): [string, () => Promise<Finding[]>] => [
      vendorArea(name),
      () => vendor.diagnose(),
    ]),
  ];
  const lines = await Promise.all(
    areas.map(async ([area, check]) => (await attempt(check)).map((finding) => ({ ...finding, area }))),
  );
  return lines.flat();
}

/** The areas that {@link runOutsideChecks} tells of, for a page that waits for it. */
export const outsideAreas = ({ vendors }: Pick<DoctorDeps, 'vendors'>): string[] => [
  REACH,
  ...[...vendors.keys()].map(vendorArea),
];

const REACH = 'From outside';

async function attempt(check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch {
    // What was thrown may quote what it was about.
    return [failed('This could not be checked.', 'Mend what else failed first, then ask again.')];
  }
}

const vendorArea = (provider: string): string => capital(vendorName(provider));
