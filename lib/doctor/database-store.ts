import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import type { Database } from '../db/client';
import { explainDatabaseError } from '../db/explain';
import { SPEND_KEY } from '../otp/send-windows';
import { limitPolicy, moneyPolicy } from '../policy';
import type { Env } from '../env';
import type { Finding } from '../sms/sender';
import { vendorName } from '../sms/vendor-words';
import { failed, ok, warning } from './finding';
import { amount } from './fraud-findings';

const SLOW_MILLISECONDS = 50;

/** Whether it answers, how fast, what it is, and whether its tables are those of this version. */
export async function databaseFindings(db: Database, url: string | undefined): Promise<Finding[]> {
  let version: string | undefined;
  try {
    [version] = (await db.execute<{ v: string }>(sql`select current_setting('server_version') as v`)).map(({ v }) => v);
  } catch (error) {
    const cause = error instanceof Error && error.cause ? error.cause : error;
    const why = url ? explainDatabaseError(url, cause) : 'See whether the embedded server of .data/ runs.';
    return [failed('The database can’t be used. The app answers 503 meanwhile.', why)];
  }
  // The second time, because the first one opened the connection.
  const began = performance.now();
  await db.execute(sql`select 1`);
  const milliseconds = Math.max(1, Math.round(performance.now() - began));
  const text = `PostgreSQL ${version?.split(' ')[0]} answers in ${milliseconds} ms.`;
  return [
    milliseconds > SLOW_MILLISECONDS
      ? warning(
          text,
          'A sign-in takes eight such round trips: run the app near its database, and see what the database is busy with.',
        )
      : ok(text),
    ...(await migrationFindings(db)),
  ];
}

async function migrationFindings(db: Database): Promise<Finding[]> {
  const journal = path.join(
    /* turbopackIgnore: true */ process.cwd(),
    'drizzle',
    'migrations',
    'meta',
    '_journal.json',
  );
  const { entries } = JSON.parse(await readFile(journal, 'utf8')) as { entries: { when: number; tag: string }[] };
  const [table] = await db.execute<{ found: boolean }>(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as found`,
  );
  const rows = table?.found
    ? await db.execute<{ at: string }>(sql`select created_at::text as at from drizzle.__drizzle_migrations`)
    : [];
  const applied = new Set([...rows].map(({ at }) => Number(at)));
  const pending = entries.filter(({ when }) => !applied.has(when));
  const foreign = [...applied].filter((when) => !entries.some((entry) => entry.when === when)).length;
  return [
    pending.length > 0
      ? failed(
          `${pending.length} of ${entries.length} migrations are not applied yet: ${pending.map(({ tag }) => tag).join(', ')}.`,
          'npm run db:migrate, or start the app, which does it.',
        )
      : ok(`All ${entries.length} migrations are applied.`),
    ...(foreign > 0
      ? [
          warning(
            `The database has ${foreign} migrations that this version does not know.`,
            'A newer version has run on it: deploy that one.',
          ),
        ]
      : []),
  ];
}

/** Vendors that keep failing and are tried last. */
export async function breakerFindings(db: Database): Promise<Finding[]> {
  const rows = await db.execute<{ provider: string; failures: number; seconds: number }>(sql`
    select provider, consecutive_failures as failures, ceil(extract(epoch from open_until - now()))::integer as seconds
    from provider_breakers where open_until > now() order by provider`);
  // A channel other than text messages stands behind the vendor's name (`breakerOf`).
  const named = (breaker: string) => {
    const [vendor = '', channel] = breaker.split(':');
    return vendorName(vendor) + (channel ? ` (${channel})` : '');
  };
  return [...rows].map(({ provider, failures, seconds }) =>
    warning(
      `${named(provider)} failed ${failures} times in a row and is tried last for another ${seconds} s.`,
      'The log says why each time; its own findings may, too.',
    ),
  );
}

/** The budgets and how much of each is used up. */
export async function limitFindings(db: Database, env: Env): Promise<Finding[]> {
  const used = async (bucket: string, windowSeconds: number) => {
    const [row] = await db.execute<{ used: number }>(sql`
      select coalesce(sum(c), 0)::integer as used from rate_limits r, unnest(r.hits, r.counts) as entry (h, c)
      where r.bucket = ${bucket} and h > now() - make_interval(secs => ${windowSeconds}::integer)`);
    return row?.used ?? 0;
  };
  const budgets = [
    ['hour', await used('budget:hour', limitPolicy.sendsPerHour.windowSeconds), env.SMS_BUDGET_PER_HOUR],
    ['day', await used('budget:day', limitPolicy.sendsPerDay.windowSeconds), env.SMS_BUDGET_PER_DAY],
  ] as const;
  const n = (value: number) => value.toLocaleString('en');
  const cap = env.SMS_SPEND_PER_DAY;
  const spent = cap ? await used(SPEND_KEY, moneyPolicy.windowSeconds) : 0;
  return [
    ...budgets.map(([period, sent, allowed]) => {
      const text = `${n(sent)} of ${n(allowed)} messages of the last ${period} are used (those whose code was used don’t count).`;
      const setting = `SMS_BUDGET_PER_${period.toUpperCase()}`;
      if (sent >= allowed) return failed(text, `Nobody gets a code now: raise ${setting} if these are real people.`);
      return sent > 0.8 * allowed
        ? warning(text, `Look who asks for codes; raise ${setting} if they are real people.`)
        : ok(text);
    }),
    ...(cap ? [spendFinding(spent, cap)] : []),
    ok(
      `At most ${n(env.SMS_COUNTRY_LIMIT_PER_10_MINUTES)} messages in ten minutes to one country, ${n(env.SMS_RANGE_LIMIT_PER_HOUR)} an hour to one range of numbers${env.SMS_RECORD_ONLY?.length ? `; what ${env.SMS_RECORD_ONLY.join(' and ')} would refuse is only written down` : ''}.`,
    ),
  ];
}

function spendFinding(spent: number, cap: number): Finding {
  const text = `Messages of the last 24 hours cost ${amount(spent)} of ${amount(cap)}, by SMS_PRICES.`;
  if (spent >= 0.99 * cap)
    return failed(text, 'Nobody gets a code now: raise SMS_SPEND_PER_DAY if these are real people.');
  return spent > 0.8 * cap
    ? warning(text, 'Look who asks for codes; raise SMS_SPEND_PER_DAY if they are real people.')
    : ok(text);
}
