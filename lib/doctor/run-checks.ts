import type { Clock } from '../clock';
import type { Database } from '../db/client';
import type { Env } from '../env';
import type { Routes } from '../sms/routes';
import type { Finding } from '../sms/sender';
import type { CallVendor } from '../sms/vendor-http';
import { vendorName } from '../sms/vendor-words';
import { breakerFindings, databaseFindings, limitFindings } from './database-store';
import { type CheckLine, failed, ok } from './finding';
import { reachFindings } from './reach-checks';
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
 * Everything that can be found out without sending a message, for `npm run doctor` and the operators' page. Never throws: a
 * check that can't be made is a finding. No line holds a secret or a number.
 */
export async function runChecks(deps: DoctorDeps): Promise<CheckLine[]> {
  const { db, env, vendors, routes } = deps;
  const configured = new Set(vendors.keys());
  const areas: [string, () => Finding[] | Promise<Finding[]>][] = [
    [
      'Settings',
      () => [ok('All settings can be read, and none is unsafe.'), ...testNumberFindings(env, deps.clock.now())],
    ],
    ['Address', async () => [...originFindings(env), ...(await reachFindings(env, configured, deps.call))]],
    ['Keys', () => keyFindings(env)],
    ['Database', () => databaseFindings(db)],
    [
      'Messages',
      async () => [
        ...inboxFindings(env),
        ...routeFindings(routes, configured),
        ...(await attempt(() => breakerFindings(db))),
      ],
    ],
    ...[...vendors].map(
      ([name, vendor]) => [capital(vendorName(name)), () => vendor.diagnose()] as [string, () => Promise<Finding[]>],
    ),
    ['Limits', () => limitFindings(db, env)],
  ];
  const lines = await Promise.all(
    areas.map(async ([area, check]) => (await attempt(check)).map((finding) => ({ ...finding, area }))),
  );
  return lines.flat();
}

async function attempt(check: () => Finding[] | Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch {
    // What was thrown may quote what it was about.
    return [failed('This could not be checked.', 'Mend what else failed first, then ask again.')];
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
