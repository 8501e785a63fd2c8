import { type SQL, sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import type { Env } from '../env';
import type { SignedIn } from './authenticate';

/** When a number no longer opens its account by itself, and what then happens at a right code. */
export type Dormancy = {
  /** Days without a right code; 0: never. */
  afterDays: number;
  /** The number opens a new account, where the old one is not in use by another way. Otherwise the sign-in is refused. */
  startsFresh: boolean;
  /** The ways in that are open here besides recovery codes: linked identities of this issuer, and passkeys. */
  identityIssuer: string | null;
  passkeys: boolean;
};

/** Of a row of `users`: nobody proved its number for so many days (0: never so). */
export const isUnproved = (afterDays: number): SQL => sql`
  (${afterDays}::integer > 0 and coalesce(phone_proved_at, created_at) < now() - make_interval(days => ${afterDays}::integer))`;

/**
 * Of a row called `known` (`id`, `role`): the person was here within that time, and has a way in that is not the number. The
 * trail knows a year of sign-ins; a session outlives its own by weeks.
 */
export const isInUseByAnotherWay = ({ afterDays, identityIssuer, passkeys }: Dormancy): SQL => sql`
  (exists (select from identities i where i.user_id = known.id and i.issuer = ${identityIssuer}::text)
    or ${passkeys}::boolean and exists (select from passkeys p where p.user_id = known.id)
    or known.role <> 'admin' and exists (select from recovery_codes r where r.user_id = known.id and r.used_at is null))
  and (exists (select from sessions s
      where s.user_id = known.id and s.last_seen_at > now() - make_interval(days => ${afterDays}::integer))
    or exists (select from audit_events e
      where e.user_id = known.id and e.created_at > now() - make_interval(days => ${afterDays}::integer)
        and e.event = ${'session.created' satisfies AuditEvent}))`;

/** Whether the number of somebody who came by another way is dormant: they should confirm it, or change it. */
export async function isNumberDormant(
  { db, env }: { db: Database; env: Pick<Env, 'DORMANT_AFTER_DAYS'> },
  who: SignedIn,
): Promise<boolean> {
  const rows = await db.execute(sql`
    select from users where id = ${who.user.id}::uuid and phone is not null and ${isUnproved(env.DORMANT_AFTER_DAYS)}`);
  return rows.length > 0;
}
