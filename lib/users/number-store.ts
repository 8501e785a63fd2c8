import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { newId } from '../random';

export type SettledNumber = {
  /** E.164. */
  phone: string;
  /** `owner`: it still is its account's owner's, and opens it. `released`: it opens a new account. */
  as: 'owner' | 'released';
  /** Who decided so, for the trail. */
  by: string;
};

/**
 * What an operator decides who asked whose a dormant number is (docs/decisions/0013). False: nobody has it, or the account is
 * suspended, which keeps its number.
 */
export async function settleNumber(db: Database, { phone, as, by }: SettledNumber): Promise<boolean> {
  const event: AuditEvent = as === 'owner' ? 'user.phone_vouched' : 'user.phone_released';
  const change =
    as === 'owner' ? sql`phone_proved_at = now()` : sql`phone = null, phone_verified_at = null, updated_at = now()`;
  const rows = await db.execute(sql`
    with settled as (
      update users set ${change} where phone = ${phone} and suspended_at is null returning id
    )
    insert into audit_events (id, event, user_id, phone, detail)
    select ${newId()}::uuid, ${event}, id, ${phone}, jsonb_build_object('by', ${by}::text) from settled returning 1`);
  return rows.length > 0;
}
