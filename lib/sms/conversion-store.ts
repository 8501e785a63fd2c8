import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { conversionPolicy } from '../policy';
import { newId } from '../random';
import { TEST_NUMBER } from './vendor-words';

/**
 * A country or range (as its window is called) whose messages lead nowhere: how many went there, and how many were used. `told`: an
 * alarm of it was written down within {@link conversionPolicy.alarmAgainSeconds}.
 */
export type LowConversion = { scope: string; kind: 'country' | 'range'; sent: number; verified: number; told: boolean };

/**
 * The countries and ranges where too few of the messages of the last hour led to a right code. A message counts once its
 * code's life is over, so that nobody is blamed who is still typing. Found by the index on that moment.
 */
export async function findLowConversion(db: Database, alarmPercent: number): Promise<LowConversion[]> {
  const { windowSeconds, fewestToCountry, fewestToRange, alarmAgainSeconds } = conversionPolicy;
  const rows = await db.execute<LowConversion>(sql`
    select scope, kind, sent, verified, exists (
      select from audit_events where created_at > now() - make_interval(secs => ${alarmAgainSeconds}::integer)
        and event = ${'sms.conversion_low' satisfies AuditEvent} and detail ->> 'scope' = scope
    ) as told from (
      select scope, case when scope like 'send:range:%' then 'range' else 'country' end as kind,
        count(*)::integer as sent, count(consumed_at)::integer as verified
      from otp_challenges c cross join unnest(c.counted_in) as scope
      where c.expires_at > now() - make_interval(secs => ${windowSeconds}::integer) and c.expires_at <= now()
        and scope like 'send:%'
        and exists (select from sms_deliveries d where d.challenge_id = c.id and d.handed_over_at is not null
          and d.provider <> ${TEST_NUMBER})
      group by scope
    ) as counted
    where sent >= case kind when 'range' then ${fewestToRange}::integer else ${fewestToCountry}::integer end
      and verified * 100 < sent * ${alarmPercent}::integer
    order by sent desc limit 50`);
  return [...rows];
}

/** Writes an alarm down. */
export async function noteLowConversion(
  db: Database,
  { scope, sent, verified }: Pick<LowConversion, 'scope' | 'sent' | 'verified'>,
): Promise<void> {
  await db.execute(sql`
    insert into audit_events (id, event, detail)
    values (${newId()}::uuid, ${'sms.conversion_low' satisfies AuditEvent},
      jsonb_build_object('scope', ${scope}::text, 'sent', ${sent}::integer, 'verified', ${verified}::integer))`);
}
