import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock';
import { testDatabase } from '../db/testing/database';
import { authenticate } from '../sessions/authenticate';
import { sessionLifetimes } from '../sessions/session-state';
import { prepareFindSession } from '../sessions/session-store';
import { recordReceipt } from '../sms/delivery-store';
import { inboxMessagesOf } from '../sms/inbox';
import { sweep } from '../sweep';
import { makeDuePhoneChanges, tellUntold } from '../phone-changes/waiting-change';
import { deleteDueAccounts } from '../users/delete-account';
import { sendCode } from './send-code';
import { runningFlow } from './sign-in-flow';
import { depsOn, freshAddress, freshPhone, newestCode, wrongCode } from './testing';
import { verifyCode } from './verify-code';

// One connection: its counters are complete as soon as it reports them.
const { db, url } = await testDatabase(1);
const deps = depsOn(db);
const ROWS = 50_000;

/** By a connection without the app's time limits: a busy machine may need longer than a request may take. */
async function fillTables(): Promise<void> {
  const filling = postgres(url, { max: 1 });
  for (const statement of [
    `insert into users (id, phone) select gen_random_uuid(), '+999' || n from generate_series(1, ${ROWS}) n`,
    `insert into sessions (id, user_id, kind, expires_at) select gen_random_uuid(), id, 'api', now() + interval '9 days' from users`,
    `insert into refresh_tokens (token_hash, session_id, expires_at) select 'h' || row_number() over (), id, expires_at from sessions`,
    `insert into otp_challenges (id, phone, purpose, channel, code_hash, flow_hash, max_attempts, expires_at)
      select gen_random_uuid(), phone, 'sign_in', 'sms', 'x', phone, 5, now() + interval '5 minutes' from users`,
    `insert into sms_deliveries (id, challenge_id, phone, channel, provider, provider_message_id)
      select gen_random_uuid(), id, phone, 'sms', 'inbox', id::text from otp_challenges`,
    `insert into phone_changes (user_id, new_phone, effective_at) select id, phone || '0', now() + interval '2 days' from users`,
    `insert into phone_throttles select phone, 1, now() from users`,
    `insert into rate_limits select 'b' || n, array[now()], array[1], now() + interval '1 day' from generate_series(1, ${ROWS}) n`,
    `insert into audit_events (id, event, phone) select gen_random_uuid(), 'code.requested', phone from users`,
    `insert into inbox_messages (id, phone, text) select gen_random_uuid(), phone, 'x' from users`,
    `insert into passkey_challenges (challenge_hash, purpose, flow_hash, expires_at)
      select 'c' || n, 'sign_in', 'f', now() + interval '5 minutes' from generate_series(1, ${ROWS}) n`,
    `analyze`,
  ]) {
    await filling.unsafe(statement);
  }
  await filling.end();
  // What it counted is complete when it is gone.
  const others = sql`select from pg_stat_activity where datname = current_database()
    and backend_type = 'client backend' and pid <> pg_backend_pid()`;
  await expect.poll(async () => (await db.execute(others)).length, { timeout: 10_000 }).toBe(0);
}

/** How often each table was read from end to end; but for those with a row a failing vendor or a switch, which are never large. */
async function sequentialScans(): Promise<Record<string, number>> {
  await db.execute(sql`select pg_stat_force_next_flush()`);
  const rows = await db.execute<{ relname: string; scans: number }>(
    sql`select relname, seq_scan::int as scans from pg_stat_user_tables where schemaname = 'public' and relname not in ('provider_breakers', 'sms_pauses')`,
  );
  return Object.fromEntries(rows.map(({ relname, scans }) => [relname, scans]));
}

describe('a sign-in over large tables', () => {
  it('reads no table from end to end: every statement finds its rows by an index', async () => {
    await fillTables();
    const findSession = prepareFindSession(db);
    await sequentialScans();
    const before = await sequentialScans();
    for (let i = 0; i < 6; i++) {
      const phone = freshPhone();
      const client = { address: freshAddress(), userAgent: null, kind: 'api' as const };
      const sent = await sendCode(deps, { phone, flow: phone, ...client });
      if (!sent.ok) throw new Error(sent.code);
      expect((await runningFlow(deps, phone, sent.challengeId))?.phone).toBe(phone);
      const [message] = await inboxMessagesOf(db, phone);
      const receipt = { providerMessageId: message!.id, state: 'failed', errorClass: null, errorCode: null } as const;
      expect(await recordReceipt(db, 'inbox', receipt)).toBe(true);
      const code = await newestCode(db, phone);
      await verifyCode(deps, { phone, code: wrongCode(code), ...client });
      const verified = await verifyCode(deps, { phone, code, ...client });
      if (!verified.ok) throw new Error(verified.code);
      const lifetimes = sessionLifetimes(deps.env.REFRESH_TOKEN_TTL_SECONDS);
      const session = { db, clock: systemClock, lifetimes, appUrl: deps.env.APP_URL, findSession, log: deps.log };
      expect((await authenticate(session, verified.sessionId)).ok).toBe(true);
      await sweep(db);
      await tellUntold(deps);
      await makeDuePhoneChanges(deps);
      await deleteDueAccounts(deps);
    }
    expect(await sequentialScans()).toEqual(before);
  }, 120_000);

  it('would notice: the counters do count', async () => {
    const before = await sequentialScans();
    await db.execute(sql`select count(*) from users where bio = 'nobody'`);
    expect((await sequentialScans()).users).toBeGreaterThan(before.users ?? 0);
  });
});
