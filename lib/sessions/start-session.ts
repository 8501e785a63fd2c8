import { type SQL, sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import { sessionPolicy } from '../policy';
import { newId } from '../random';
import { sessionLifetimes } from './session-state';

export type NewSession = {
  /**
   * How the person came: a right code, a passkey and a recovery code are a fresh proof; an identity is one only for an account
   * without a number.
   */
  by: 'code' | 'identity' | 'passkey' | 'recovery_code';
  kind: 'web' | 'api';
  userAgent: string | null;
  address: string | null;
  /** SHA-256 of the refresh token, for kind `api`. */
  refreshTokenHash: string | null;
  /** How long a refresh token lives unused, and with it an app's session: also those of the person's others that count. */
  refreshTtlSeconds: number;
  /** How long it lives where that is less than its kind may: nothing renews what the client was given. */
  lifeSeconds?: number;
};

/**
 * The part of a sign-in's statement that starts a session, whichever way the person came: as CTEs that follow one called
 * `welcome` (the user's `id` and `phone`, or no row). Ends the oldest live sessions past the limit, writes the session and its
 * refresh token; what follows reads `started` (`id`, `user_id`).
 */
export function startSession(session: NewSession): SQL {
  const { lifeSeconds = sessionPolicy[session.kind].absoluteSeconds } = session;
  const lifetimes = JSON.stringify(sessionLifetimes(session.refreshTtlSeconds));
  return sql`
    ended as materialized (
      select e.id, e.user_id
      from welcome, end_oldest_sessions(welcome.id, ${sessionPolicy.maxLivePerUser - 1}, ${lifetimes}::jsonb) as e
    ), limited as (
      insert into audit_events (id, event, user_id, session_id, address)
      select gen_random_uuid(), ${'session.limit_reached' satisfies AuditEvent}, user_id, id, ${session.address} from ended
    ), started as (
      insert into sessions (id, user_id, kind, user_agent, address, proved_at, expires_at)
      select ${newId()}::uuid, id, ${session.kind}, ${session.userAgent?.slice(0, sessionPolicy.userAgentCharacters) ?? null},
        ${session.address}, case when ${session.by} <> 'identity' or phone is null then now() else 'epoch' end,
        now() + make_interval(secs => ${lifeSeconds}::integer) from welcome
      returning id, user_id
    ), refresh as (
      insert into refresh_tokens (token_hash, session_id, expires_at)
      select ${session.refreshTokenHash}::text, id, now() + make_interval(secs => ${session.refreshTtlSeconds}::integer)
      from started where ${session.refreshTokenHash}::text is not null
    )`;
}
