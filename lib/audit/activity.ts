import { sql } from 'drizzle-orm';
import type { Database } from '../db/client';
import { refuse, type Result } from '../errors';
import { activityPolicy } from '../policy';
import { deviceName } from '../sessions/device-name';
import type { SignedIn } from '../sessions/authenticate';
import type { AuditEvent } from './events';

/** In nobody's own trail: written down about a number alone, or when the account is gone. Every other event has words. */
type Unowned = Extract<
  AuditEvent,
  | 'code.requested'
  | 'code.limited'
  | 'code.limit_exceeded'
  | 'code.attempted'
  | 'delivery.looked_up'
  | 'delivery.tested'
  | 'sms.paused'
  | 'sms.resumed'
  | 'sms.conversion_low'
  | 'user.looked_up'
  | 'user.deleted'
  | 'recovery_code.refused'
>;
type OwnEvent = Exclude<AuditEvent, Unowned>;
type Words = { text: string; notice?: 'others' | 'lasting' | 'all'; told?: string };

/**
 * What people see of their own trail, in words for them. A `notice` is told in all their sessions but the one it happened in,
 * until they say they saw it, as `told` where that is clearer. `lasting`: also in sessions that begin within the next week,
 * because whoever took an account over begins by ending the sessions that could be told. `all`: also where it happened.
 */
const words: Record<OwnEvent, Words> = {
  'user.created': { text: 'Account created' },
  'user.imported': { text: 'Account taken over from another system' },
  'session.created': { text: 'Signed in', notice: 'others', told: 'New sign-in' },
  'session.refused': { text: 'Sign-in refused' },
  'session.ended': { text: 'Signed out' },
  'session.ended_everywhere': { text: 'Signed out everywhere', notice: 'lasting' },
  'session.ended_by_user': { text: 'Ended a session', notice: 'lasting' },
  'session.ended_others': { text: 'Ended all other sessions', notice: 'lasting' },
  'session.limit_reached': { text: 'Oldest session ended: there were too many' },
  'code.unlocked': { text: 'Wrong codes cleared by signing in another way' },
  'session.confirmed': { text: 'Confirmed with a code' },
  'session.confirmed_by_passkey': { text: 'Confirmed with a passkey' },
  'session.refresh_reused': { text: 'Session ended: a spent token was used again', notice: 'lasting' },
  'user.profile_changed': { text: 'Profile changed' },
  'user.avatar_changed': { text: 'Picture changed' },
  'user.role_changed': { text: 'Role changed' },
  'user.phone_change_requested': { text: 'Change of number requested', notice: 'lasting' },
  'user.phone_change_cancelled': { text: 'Change of number cancelled', notice: 'lasting' },
  'user.phone_change_refused': { text: 'Change of number refused: the number belongs to another account' },
  'user.phone_changed': { text: 'Number changed', notice: 'lasting' },
  'user.phone_released': { text: 'Number taken off: it was not confirmed for long', notice: 'lasting' },
  'user.phone_vouched': { text: 'Number confirmed by support', notice: 'lasting' },
  'user.exported': { text: 'Data downloaded', notice: 'lasting' },
  'user.deletion_requested': { text: 'Deletion of the account requested' },
  'user.deletion_cancelled': { text: 'Deletion of the account cancelled by signing in', notice: 'all' },
  'identity.linked': { text: 'Google account linked', notice: 'lasting' },
  'identity.unlinked': { text: 'Google account unlinked', notice: 'lasting' },
  'passkey.added': { text: 'Passkey added', notice: 'lasting' },
  'passkey.renamed': { text: 'Passkey renamed' },
  'passkey.removed': { text: 'Passkey removed', notice: 'lasting' },
  'passkey.copy_refused': {
    text: 'A passkey was refused, for it may be a copy: remove it and add a new one',
    notice: 'lasting',
  },
  'recovery_codes.made': { text: 'New recovery codes made', notice: 'lasting' },
  'recovery_code.used': { text: 'A recovery code was used to sign in', notice: 'lasting' },
};

/** The events of one's own trail. */
export const ownEvents = Object.keys(words) as OwnEvent[];
const toldTo = (audience: NonNullable<Words['notice']>) =>
  ownEvents.filter((event) => words[event].notice === audience);

/** Something that happened to one's account. `created_at` is ISO 8601 UTC. */
export type Activity = {
  id: string;
  event: OwnEvent;
  text: string;
  device: string | null;
  address: string | null;
  created_at: string;
  /** It happened in this very session. */
  current: boolean;
  /** The session it happened in, while that is live. */
  session_id: string | null;
};

/** The latest of one's own trail, newest first. */
export async function activityOf(db: Database, who: SignedIn): Promise<Activity[]> {
  const rows = await db.execute<ActivityRow>(sql`
    ${trailOf(who)} and e.event = any(${textArray(ownEvents)})
    order by e.created_at desc, e.id desc limit ${activityPolicy.mostShown}`);
  return rows.map((row) => activity(row, ({ text }) => text));
}

/**
 * What happened elsewhere that this session has not acknowledged yet, newest first. Looked for by itself and told once per kind
 * and session, the newest of each kind before a second of any, so that no number of other events hides that it happened; a
 * sign-in stays a notice when its session is over.
 */
export async function noticesOf(db: Database, who: SignedIn): Promise<Activity[]> {
  const rows = await db.execute<ActivityRow>(sql`
    select * from (
      select * from (
        select distinct on (event, session_id) * from (
          ${trailOf(who)} and e.created_at > coalesce(me.notices_seen_at,
              me.created_at - make_interval(secs => ${activityPolicy.lastingSeconds}::integer))
            and (e.event = any(${textArray(toldTo('all'))}) and e.created_at >= me.created_at
              or e.session_id is distinct from me.id and (e.event = any(${textArray(toldTo('lasting'))})
                or e.event = any(${textArray(toldTo('others'))}) and e.created_at >= me.created_at))
        ) as unseen order by event, session_id, created_at desc
      ) as one_each order by row_number() over (partition by event order by created_at desc), created_at desc
      limit ${activityPolicy.mostNotices}
    ) as told order by created_at desc, id desc`);
  return rows.map((row) => activity(row, ({ text, told = text }) => told));
}

/**
 * This session has seen the notices up to and including the one named; what happened since stays a notice. `not_found`: there
 * is no such event of this person.
 */
export async function acknowledgeNotices(
  db: Database,
  who: SignedIn,
  input: { upTo: string },
): Promise<Result<object, 'not_found'>> {
  const rows = await db.execute(sql`
    update sessions s set notices_seen_at = greatest(s.notices_seen_at, e.created_at) from audit_events e
    where s.id = ${who.sessionId}::uuid and e.id = ${input.upTo}::uuid and e.user_id = ${who.user.id}::uuid
    returning s.id`);
  return rows.length > 0 ? { ok: true } : refuse('not_found');
}

const textArray = (values: string[]) => sql`${`{${values.join(',')}}`}::text[]`;

const trailOf = (who: SignedIn) => sql`
  select e.id, e.event, e.address, e.created_at, e.session_id, e.session_id = me.id as current, s.id is not null as known_session,
    s.user_agent, case when s.revoked_at is null and s.expires_at > now() then s.id end as live_session_id
  from audit_events e
  join sessions me on me.id = ${who.sessionId}::uuid
  left join sessions s on s.id = e.session_id
  where e.user_id = ${who.user.id}::uuid`;

type ActivityRow = {
  id: string;
  event: OwnEvent;
  address: string | null;
  created_at: string;
  current: boolean | null;
  known_session: boolean;
  user_agent: string | null;
  live_session_id: string | null;
};

const activity = (row: ActivityRow, textOf: (its: Words) => string): Activity => ({
  id: row.id,
  event: row.event,
  text: textOf(words[row.event]),
  device: row.known_session ? deviceName(row.user_agent) : null,
  address: row.address,
  created_at: new Date(row.created_at).toISOString(),
  current: row.current === true,
  session_id: row.live_session_id,
});
