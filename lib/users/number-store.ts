import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { newId } from '../random';
import { isUnproved } from '../sessions/dormancy-store';

type SettledNumber = {
  /** E.164. */
  phone: string;
  /** `owner`: it still is its account's owner's, and opens it. `released`: it opens a new account. */
  as: 'owner' | 'released';
  /** Who decided so, for the trail. */
  by: string;
};

/**
 * What an operator decides who asked whose a dormant number is (docs/decisions/0013). `unknown`: nobody has it. A suspended
 * account keeps its number, and so does one whose owner proved it within `dormantAfterDays`.
 */
export async function settleNumber(
  db: Database,
  { phone, as, by }: SettledNumber,
  dormantAfterDays: number,
): Promise<'settled' | 'unknown' | 'suspended' | 'in_use'> {
  const event: AuditEvent = as === 'owner' ? 'user.phone_vouched' : 'user.phone_released';
  const change =
    as === 'owner' ? sql`phone_proved_at = now()` : sql`phone = null, phone_verified_at = null, updated_at = now()`;
  const [known] = await db.execute<{ suspended: boolean; settled: boolean }>(sql`
    with known as materialized (
      select id, suspended_at is not null as suspended, ${isUnproved(dormantAfterDays)} as dormant
      from users where phone = ${phone} for update
    ), settled as (
      update users set ${change}
      where id in (select id from known where not suspended and (dormant or ${as} = 'owner')) returning id
    ), audited as (
      insert into audit_events (id, event, user_id, phone, detail)
      select ${newId()}::uuid, ${event}, id, ${phone}, jsonb_build_object('by', ${by}::text) from settled
    )
    select suspended, exists (select from settled) as settled from known`);
  if (!known) return 'unknown';
  if (known.suspended) return 'suspended';
  return known.settled ? 'settled' : 'in_use';
}
