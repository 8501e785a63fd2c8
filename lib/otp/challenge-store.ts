import { sql } from 'drizzle-orm';
import { type CodePurpose, codePurposes } from '../../drizzle/schema/otp-challenges';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { phoneThrottlePolicy, sessionPolicy } from '../policy';
import { newId } from '../random';
import { arrayLiteral } from '../rate-limit/rate-limit';
import type { Channel, ErrorClass } from '../sms/sender';
import type { FlowRecord } from './flow-view';

export { type CodePurpose, codePurposes };

type NewChallenge = {
  id: string;
  phone: string;
  purpose: CodePurpose;
  channel: Channel;
  /** The language its message is written in; it becomes that of a new user. */
  locale: string;
  /** Null where `keeper` made the code and keeps it. */
  codeHash: string | null;
  keeper: string | null;
  flowHash: string | null;
  firstName: string | null;
  lastName: string | null;
  maxAttempts: number;
  ttlSeconds: number;
  address: string | null;
  /** The code is the fixed one of a test number. */
  testNumber: boolean;
  /** The windows its place comes back in once it is used, and when it took them (`Taken.takenAt`). */
  countedIn: readonly string[];
  countedAt: string;
};

/**
 * Stores a new code and ends the one before it, with the audit event, in one statement. A second writer at the same moment meets the unique index on the live row (SQLSTATE 23505).
 */
export async function insertChallenge(db: Database, challenge: NewChallenge): Promise<void> {
  await db.execute(sql`
    with superseded as (
      update otp_challenges set superseded_at = now()
      where phone = ${challenge.phone} and purpose = ${challenge.purpose} and consumed_at is null and superseded_at is null
      returning id
    ), created as (
      insert into otp_challenges
        (id, phone, purpose, channel, locale, code_hash, keeper, flow_hash, first_name, last_name, max_attempts, expires_at,
          counted_in, counted_at)
      -- Counting the superseded rows makes PostgreSQL end the old code before it inserts the new one.
      select ${challenge.id}::uuid, ${challenge.phone}, ${challenge.purpose}, ${challenge.channel}, ${challenge.locale},
        ${challenge.codeHash}, ${challenge.keeper}, ${challenge.flowHash},
        ${challenge.firstName}, ${challenge.lastName}, ${challenge.maxAttempts}::integer,
        now() + make_interval(secs => ${challenge.ttlSeconds}::integer),
        ${arrayLiteral(challenge.countedIn)}::text[], ${challenge.countedAt}::text::timestamptz
      from (select count(*) from superseded) as ended
      returning id
    )
    insert into audit_events (id, event, phone, address, detail)
    select ${newId()}::uuid, ${'code.requested' satisfies AuditEvent}, ${challenge.phone}, ${challenge.address},
      jsonb_build_object('challenge_id', id, 'purpose', ${challenge.purpose}::text, 'channel', ${challenge.channel}::text)
        || ${testNumberDetail(challenge.testNumber)}::jsonb from created`);
}

/** Stands in the audit event wherever a fixed code was used. */
export const testNumberDetail = (isTestNumber: boolean): string => (isTestNumber ? '{"test_number": true}' : '{}');

/** Which code is tried: by number and purpose, and by challenge or flow where the caller has one. */
type AttemptTarget = {
  phone: string;
  purpose: CodePurpose;
  challengeId: string | null;
  flowHash: string | null;
  address: string | null;
  /** The session that the browser has, or had, the cookie of; its own count is the one that counts if it is the account's. */
  knownSession: string | null;
};

/** What a code is compared with: our hash, or what the vendor says that keeps it (null: it never said it had sent it). */
type Proof = { codeHash: string } | { keeper: string; verificationId: string | null };

export type CountedAttempt =
  | { kind: 'counted'; challengeId: string; proof: Proof; attemptsLeft: number }
  | { kind: 'none' }
  | { kind: 'exhausted'; retryAfterSeconds: number }
  | { kind: 'throttled'; retryAfterSeconds: number }
  | { kind: 'locked'; retryAfterSeconds: number };

/**
 * Counts an attempt and returns the hash to compare with: one committed statement, before any compare, so that parallel
 * guesses can't outrun the count. The same statement counts the try against the number (all codes, all ways in) and
 * refuses while that count says wait.
 *
 * A browser that the account knows has a count of its own beside its session, and that one stops it: what strangers tried does not. It
 * has the cookie of one of this account's ten newest sessions that nobody ended, live or run out by itself: so there are never
 * more such counts, however many sessions somebody once made.
 */
export async function countAttempt(
  db: Database,
  target: AttemptTarget,
  resendSeconds: number,
): Promise<CountedAttempt> {
  const { backOffFrom, firstWaitSeconds, longestWaitSeconds, lockedFrom, stoppedSeconds } = phoneThrottlePolicy;
  const rows = await db.execute<AttemptRow>(sql`
    with live as materialized (
      -- Locked before the throttle, as everywhere: so none can wait for another in a circle.
      select id from otp_challenges
      where phone = ${target.phone} and purpose = ${target.purpose} and consumed_at is null and superseded_at is null
        and expires_at > now()
        and (${target.challengeId}::uuid is null or id = ${target.challengeId}::uuid)
        and (${target.flowHash}::text is null or flow_hash = ${target.flowHash}::text)
      for update
    ), device as materialized (
      select s.id, s.wrong_codes as failures, s.wrong_code_at as failed_at from sessions s join users u on u.id = s.user_id
      where s.id = ${target.knownSession}::uuid and u.phone = ${target.phone}
        and s.revoked_at is null and (select count(*) from live) >= 0
        and (select count(*) from sessions newer
          where newer.user_id = s.user_id and newer.revoked_at is null and newer.created_at > s.created_at
        ) < ${sessionPolicy.maxLivePerUser}::integer
      for update of s
    ), number as materialized (
      select consecutive_failures as failures, last_failed_at as failed_at
      from phone_throttles
      where phone = ${target.phone} and (select count(*) from live) >= 0 and (select count(*) from device) = 0 for update
    ), throttle as materialized (
      select failures >= ${lockedFrom}::integer as locked,
        case when failures >= ${lockedFrom}::integer then ${stoppedSeconds}::integer
          when failures >= ${backOffFrom}::integer then least(
            ${firstWaitSeconds}::integer * power(2, least(failures - ${backOffFrom}::integer, 20)), ${longestWaitSeconds}::integer)
        end + extract(epoch from failed_at - clock_timestamp()) as wait_seconds
      from (select failures, failed_at from device union all select failures, failed_at from number) as counts
    ), counted as (
      update otp_challenges set attempts = attempts + 1
      where id in (select id from live) and consumed_at is null and superseded_at is null
        and expires_at > now() and attempts < max_attempts
        and not exists (select from throttle where wait_seconds > 0)
      returning id, code_hash, keeper, verification_id, max_attempts - attempts as attempts_left
    ), failures as (
      insert into phone_throttles as t (phone, consecutive_failures, last_failed_at)
      select ${target.phone}, 1, clock_timestamp() from counted
      on conflict (phone) do update
        set consecutive_failures = t.consecutive_failures + 1, last_failed_at = clock_timestamp()
    ), device_failures as (
      update sessions set wrong_codes = wrong_codes + 1, wrong_code_at = clock_timestamp()
      where id in (select id from device) and exists (select from counted)
    ), audited as (
      insert into audit_events (id, event, phone, address, detail)
      select ${newId()}::uuid, ${'code.attempted' satisfies AuditEvent}, ${target.phone}, ${target.address},
        jsonb_build_object('challenge_id', id, 'purpose', ${target.purpose}::text, 'attempts_left', attempts_left) from counted
    )
    select counted.id, counted.code_hash, counted.keeper, counted.verification_id, counted.attempts_left,
      throttle.locked, ceil(throttle.wait_seconds)::integer as wait_seconds,
      (select greatest(1, ceil(${resendSeconds}::integer - extract(epoch from now() - c.created_at)))::integer
        from otp_challenges c
        where c.phone = ${target.phone} and c.purpose = ${target.purpose} and c.consumed_at is null and c.superseded_at is null
          and c.expires_at > now() and c.attempts >= c.max_attempts) as exhausted_resend_seconds
    from (select) as one left join counted on true left join throttle on true`);
  return readAttempt(rows[0]);
}

type AttemptRow = {
  id: string | null;
  code_hash: string | null;
  keeper: string | null;
  verification_id: string | null;
  attempts_left: number | null;
  locked: boolean | null;
  wait_seconds: number | null;
  exhausted_resend_seconds: number | null;
};

function readAttempt(row: AttemptRow | undefined): CountedAttempt {
  const proof = row && proofIn(row);
  if (row?.id && proof) {
    return { kind: 'counted', challengeId: row.id, proof, attemptsLeft: row.attempts_left ?? 0 };
  }
  if (row?.wait_seconds && row.wait_seconds > 0) {
    return { kind: row.locked ? 'locked' : 'throttled', retryAfterSeconds: row.wait_seconds };
  }
  if (row?.exhausted_resend_seconds) {
    return { kind: 'exhausted', retryAfterSeconds: row.exhausted_resend_seconds };
  }
  return { kind: 'none' };
}

/** A code that its keeper has approved has a hash here ({@link keepApproved}): the keeper has forgotten it by then. */
function proofIn({ keeper, verification_id: verificationId, code_hash: codeHash }: AttemptRow): Proof | null {
  if (codeHash) {
    return { codeHash };
  }
  return keeper ? { keeper, verificationId } : null;
}

/**
 * Writes down that the vendor approved a code, as the hash of what was approved: Twilio Verify forgets a code once it was
 * right, so from here on we judge it, until it is spent. Nothing else about the challenge changes: its life, its tries and
 * who may spend it.
 */
export async function keepApproved(db: Database, challengeId: string, codeHash: string): Promise<void> {
  await db.execute(sql`
    update otp_challenges set code_hash = ${codeHash}
    where id = ${challengeId}::uuid and keeper is not null and code_hash is null and consumed_at is null`);
}

/** The live code of a number for a purpose that was asked for in this flow (or session), with tries left; else null. */
export async function findLiveCode(
  db: Database,
  target: { phone: string; purpose: CodePurpose; flowHash: string },
): Promise<{ challengeId: string; channel: Channel; expiresInSeconds: number } | null> {
  const rows = await db.execute<{ id: string; channel: Channel; life: number }>(sql`
    select id, channel, ceil(extract(epoch from expires_at - now()))::integer as life from otp_challenges
    where phone = ${target.phone} and purpose = ${target.purpose} and consumed_at is null and superseded_at is null
      and expires_at > now() and flow_hash = ${target.flowHash} and attempts < max_attempts`);
  const [row] = rows;
  return row ? { challengeId: row.id, channel: row.channel, expiresInSeconds: row.life } : null;
}

/**
 * The newest code of a browser's flow, whatever became of it; null when the flow is unknown or swept. With a challenge
 * of the flow given, the newest code for that challenge's number.
 */
export async function findFlow(db: Database, flowHash: string, challengeId: string | null): Promise<FlowRecord | null> {
  const rows = await db.execute<FlowRow>(sql`
    select c.id, c.phone, c.channel, c.attempts, c.max_attempts, c.consumed_at, c.superseded_at,
      (select count(*)::integer from otp_challenges
        where flow_hash = c.flow_hash and phone = c.phone and purpose = c.purpose) as codes,
      extract(epoch from now() - c.created_at)::float8 as age_seconds,
      extract(epoch from c.expires_at - now())::float8 as life_left_seconds,
      d.handed_over_at, d.unanswered_at, d.delivered_at, d.failed_at, d.provider, d.error_class, d.error_code
    from otp_challenges c
    left join lateral (
      -- Of several vendors' tries the one that arrived, else the latest that may still arrive, else the latest.
      select handed_over_at, unanswered_at, delivered_at, failed_at, provider, error_class, error_code from sms_deliveries
      where challenge_id = c.id order by delivered_at is null, failed_at is not null, created_at desc limit 1
    ) d on true
    where c.flow_hash = ${flowHash} and c.purpose = 'sign_in'
      and (${challengeId}::uuid is null or c.phone = (select phone from otp_challenges where id = ${challengeId}::uuid))
    order by c.created_at desc limit 1`);
  const row = rows[0];
  return row
    ? {
        challengeId: row.id,
        phone: row.phone,
        attempts: row.attempts,
        maxAttempts: row.max_attempts,
        ageSeconds: row.age_seconds,
        lifeLeftSeconds: row.life_left_seconds,
        consumed: row.consumed_at !== null,
        superseded: row.superseded_at !== null,
        channel: row.channel,
        codes: row.codes,
        handedOverAt: row.handed_over_at,
        unansweredAt: row.unanswered_at,
        deliveredAt: row.delivered_at,
        failedAt: row.failed_at,
        provider: row.provider,
        errorClass: row.error_class,
        errorCode: row.error_code,
      }
    : null;
}

type FlowRow = {
  id: string;
  phone: string;
  attempts: number;
  max_attempts: number;
  consumed_at: string | null;
  superseded_at: string | null;
  channel: Channel;
  codes: number;
  age_seconds: number;
  life_left_seconds: number;
  handed_over_at: string | null;
  unanswered_at: string | null;
  delivered_at: string | null;
  failed_at: string | null;
  provider: string | null;
  error_class: ErrorClass | null;
  error_code: string | null;
};
