import { eq, sql } from 'drizzle-orm';
import { refreshTokens } from '../../drizzle/schema/refresh-tokens';
import { sessions } from '../../drizzle/schema/sessions';
import { users } from '../../drizzle/schema/users';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { refreshPolicy } from '../policy';
import { newId } from '../random';

/** The session that a refresh token belongs to, spent or not; null for a token we never issued. */
export async function findRefreshFamily(db: Database, tokenHash: string) {
  const rows = await db
    .select({
      sessionId: sessions.id,
      kind: sessions.kind,
      createdAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
      expiresAt: sessions.expiresAt,
      revokedAt: sessions.revokedAt,
      userId: users.id,
      role: users.role,
      suspendedAt: users.suspendedAt,
      usedAt: refreshTokens.usedAt,
    })
    .from(refreshTokens)
    .innerJoin(sessions, eq(sessions.id, refreshTokens.sessionId))
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(refreshTokens.tokenHash, tokenHash));
  return rows[0] ?? null;
}

/** What came of presenting a token: see {@link rotateRefreshToken}. */
export type Rotation = 'rotated' | 'repeated' | 'expired' | 'reused' | 'gone';

type RefreshTurn = { tokenHash: string; successorHash: string; ttlSeconds: number; address: string };

/**
 * Spends a token and stores its successor, in one statement under the token's lock, so that any number of simultaneous
 * callers bring about one successor.
 *
 * - `rotated`: the token was unspent; it is spent now, and the successor lives.
 * - `repeated`: spent moments ago and the successor still unused: the same successor again.
 * - `reused`: spent before that, or its successor is in use: the whole session ends, and that is written down.
 * - `expired`: unspent, but past its idle life. `gone`: no such token, or its session ended meanwhile.
 */
export async function rotateRefreshToken(db: Database, turn: RefreshTurn): Promise<Rotation> {
  const rows = await db.execute<{ outcome: Rotation }>(sql`
    with presented as materialized (
      select session_id, used_at, expires_at from refresh_tokens where token_hash = ${turn.tokenHash} for update
    ), verdict as materialized (
      select p.session_id, s.user_id, s.expires_at as session_ends_at, case
        when s.revoked_at is not null then 'gone'
        when p.used_at is null and p.expires_at > now() then 'rotated'
        when p.used_at is null then 'expired'
        when p.used_at > now() - make_interval(secs => ${refreshPolicy.repeatSeconds}::integer)
          and not exists (select from refresh_tokens c where c.token_hash = ${turn.successorHash} and c.used_at is not null)
          then 'repeated'
        else 'reused' end as outcome
      from presented p join sessions s on s.id = p.session_id
    ), spent as (
      update refresh_tokens set used_at = now()
      where token_hash = ${turn.tokenHash} and exists (select from verdict where outcome = 'rotated')
    ), successor as (
      insert into refresh_tokens (token_hash, parent_hash, session_id, expires_at)
      select ${turn.successorHash}, ${turn.tokenHash}, session_id,
        least(now() + make_interval(secs => ${turn.ttlSeconds}::integer), session_ends_at)
      from verdict where outcome = 'rotated'
    ), touched as (
      -- Never revives: a session that ended meanwhile stays ended.
      update sessions s set last_seen_at = case when v.outcome = 'reused' then s.last_seen_at else now() end,
        revoked_at = case when v.outcome = 'reused' then now() end,
        revoked_reason = case when v.outcome = 'reused' then 'refresh_reused' end
      from verdict v where s.id = v.session_id and s.revoked_at is null and v.outcome in ('rotated', 'repeated', 'reused')
    ), audited as (
      insert into audit_events (id, event, user_id, session_id, address)
      select ${newId()}::uuid, ${'session.refresh_reused' satisfies AuditEvent}, user_id, session_id, ${turn.address}
      from verdict where outcome = 'reused'
    )
    select outcome from verdict`);
  return rows[0]?.outcome ?? 'gone';
}
