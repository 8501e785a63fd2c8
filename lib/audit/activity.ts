import { sql } from 'drizzle-orm';
import type { Database } from '../db/client';
import { deviceName } from '../sessions/device-name';
import type { SignedIn } from '../sessions/authenticate';
import type { AuditEvent } from './events';

/**
 * What people see of their own trail, in words for them. A `notice` is told at once in all their sessions but the one it
 * happened in (`all`: in that one too), as `told` where that is clearer there.
 */
const words: Partial<Record<AuditEvent, { text: string; notice?: 'others' | 'all'; told?: string }>> = {
  'user.created': { text: 'Account created' },
  'session.created': { text: 'Signed in', notice: 'others', told: 'New sign-in' },
  'session.ended': { text: 'Signed out' },
  'session.ended_everywhere': { text: 'Signed out everywhere' },
  'session.ended_by_user': { text: 'Ended a session' },
  'session.ended_others': { text: 'Ended all other sessions' },
  'session.confirmed': { text: 'Confirmed with a code' },
  'session.refresh_reused': { text: 'Session ended: a spent token was used again', notice: 'others' },
  'user.profile_changed': { text: 'Profile changed' },
  'user.avatar_changed': { text: 'Picture changed' },
  'user.phone_change_requested': { text: 'Change of number requested', notice: 'others' },
  'user.phone_change_cancelled': { text: 'Change of number cancelled', notice: 'others' },
  'user.phone_changed': { text: 'Number changed', notice: 'others' },
  'user.exported': { text: 'Data downloaded', notice: 'others' },
  'user.deletion_requested': { text: 'Deletion of the account requested' },
  'user.deletion_cancelled': { text: 'Deletion of the account cancelled by signing in', notice: 'all' },
  'identity.linked': { text: 'Google account linked', notice: 'others' },
  'identity.unlinked': { text: 'Google account unlinked', notice: 'others' },
};

const MOST = 20;
const visible = Object.keys(words);
const toldTo = (audience: 'others' | 'all') =>
  Object.entries(words).flatMap(([event, { notice }]) => (notice === audience ? [event] : []));

/** Something that happened to one's account. `created_at` is ISO 8601 UTC. */
export type Activity = {
  id: string;
  event: AuditEvent;
  text: string;
  device: string | null;
  address: string | null;
  created_at: string;
  /** It happened in this very session. */
  current: boolean;
  /** The session it happened in, while that is live. */
  session_id: string | null;
  /** A notice this session has not acknowledged yet. */
  unseen: boolean;
};

/** The latest of one's own trail, newest first, in one statement. */
export async function activityOf(db: Database, who: SignedIn): Promise<Activity[]> {
  const list = (events: string[]) => sql`${`{${events.join(',')}}`}::text[]`;
  const rows = await db.execute<ActivityRow>(sql`
    select e.id, e.event, e.address, e.created_at, e.session_id = me.id as current, s.id is not null as known_session, s.user_agent,
      case when s.revoked_at is null and s.expires_at > now() then s.id end as live_session_id,
      e.created_at >= coalesce(me.notices_seen_at, me.created_at) and (
        e.event = any(${list(toldTo('all'))})
        or e.event = any(${list(toldTo('others'))}) and e.session_id is distinct from me.id
          and not (e.event = 'session.created' and s.revoked_at is not null)) as unseen
    from audit_events e
    join sessions me on me.id = ${who.sessionId}::uuid
    left join sessions s on s.id = e.session_id
    where e.user_id = ${who.user.id}::uuid and e.event = any(${list(visible)})
    order by e.created_at desc, e.id desc limit ${MOST}`);
  return rows.map((row) => ({
    id: row.id,
    event: row.event,
    text: (row.unseen && words[row.event]?.told) || words[row.event]?.text || row.event,
    device: row.known_session ? deviceName(row.user_agent) : null,
    address: row.address,
    created_at: new Date(row.created_at).toISOString(),
    current: row.current === true,
    session_id: row.live_session_id,
    unseen: row.unseen,
  }));
}

type ActivityRow = {
  id: string;
  event: AuditEvent;
  address: string | null;
  created_at: string;
  current: boolean | null;
  known_session: boolean;
  user_agent: string | null;
  live_session_id: string | null;
  unseen: boolean;
};
