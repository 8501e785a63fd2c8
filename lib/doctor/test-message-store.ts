import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { newId } from '../random';

/** Writes down that an operator sends a test message; answers the database's time, after which its tries begin. */
export async function noteTestMessage(db: Database, phone: string): Promise<string> {
  const [row] = await db.execute<{ at: string }>(sql`
    insert into audit_events (id, event, phone, detail)
    values (${newId()}::uuid, ${'delivery.tested' satisfies AuditEvent}, ${phone}, '{"by": "npm run doctor"}')
    returning created_at::text as at`);
  return row?.at ?? 'infinity';
}

export type TestDelivery = {
  provider: string;
  /** `refused`: the vendor did not take it. `failed`: it did, and reported a failure later. */
  state: 'sending' | 'taken' | 'delivered' | 'unanswered' | 'refused' | 'failed';
  errorClass: string | null;
  errorCode: string | null;
};

/** The tries of messages without a code to a number since then, the first one first. */
export async function newestNotices(db: Database, phone: string, since: string): Promise<TestDelivery[]> {
  const rows = await db.execute<TestDelivery>(sql`
    select provider, error_class as "errorClass", error_code as "errorCode",
      case when delivered_at is not null then 'delivered' when failed_at is not null and handed_over_at is null then 'refused'
        when failed_at is not null then 'failed' when unanswered_at is not null then 'unanswered'
        when handed_over_at is not null then 'taken' else 'sending' end as state
    from sms_deliveries where phone = ${phone} and challenge_id is null and created_at >= ${since}::text::timestamptz
    order by created_at, id`);
  return [...rows];
}
