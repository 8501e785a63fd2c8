import { sql } from 'drizzle-orm';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { testDatabase } from './db/testing/database';
import { takePlaces } from './rate-limit/rate-limit';
import { sendCode } from './otp/send-code';
import { freshAddress, freshPhone, depsOn } from './otp/testing';
import { sweepPolicy } from './policy';
import { startSweeping, sweep } from './sweep';

const { db } = await testDatabase();

describe('sweep', () => {
  it('deletes what has stopped mattering, and only that', async () => {
    const deps = depsOn(db);
    const [old, young] = [freshPhone(), freshPhone()];
    await sendCode(deps, { phone: old, address: freshAddress() });
    await sendCode(deps, { phone: young, address: freshAddress() });
    await takePlaces(db, [{ key: 'old', policy: { places: 1, windowSeconds: 1 } }]);
    await db.execute(sql`update rate_limits set expires_at = now() - interval '1 second' where bucket = 'old'`);
    await db.execute(sql`update otp_challenges set expires_at = now() - interval '8 days' where phone = ${old}`);
    await db.execute(sql`update inbox_messages set sent_at = now() - interval '8 days' where phone = ${old}`);
    await db.execute(sql`update audit_events set created_at = now() - interval '366 days' where phone = ${old}`);
    await db.execute(sql`
      insert into passkey_challenges (challenge_hash, purpose, flow_hash, expires_at)
      values ('old', 'sign_in', 'f', now() - interval '1 second'), ('young', 'sign_in', 'f', now() + interval '1 minute')`);
    expect(await sweep(db)).toBe(5);
    expect(await db.execute(sql`select challenge_hash from passkey_challenges`)).toEqual([{ challenge_hash: 'young' }]);
    const left = await db.execute<{ phone: string }>(
      sql`select phone from otp_challenges union all select phone from inbox_messages union all select phone from audit_events`,
    );
    expect(left.map(({ phone }) => phone)).toEqual([young, young, young]);
    expect(await sweep(db)).toBe(0);
  });

  it('forgets wrong tries a month after the last one while they are too few for a wait, and no others', async () => {
    await db.execute(sql`
      insert into phone_throttles values ('+1', 9, now() - interval '31 days'), ('+2', 9, now() - interval '29 days'),
        ('+3', 10, now() - interval '99 days'), ('+4', 100, now() - interval '99 days')`);
    expect(await sweep(db)).toBe(1);
    const left = await db.execute<{ phone: string }>(sql`select phone from phone_throttles order by phone`);
    expect(left.map(({ phone }) => phone)).toEqual(['+2', '+3', '+4']);
  });

  it('goes in small batches', async () => {
    await db.execute(
      sql`insert into rate_limits select 'b' || n, '{}', '{}', now() - interval '1 hour' from generate_series(1, 501) n`,
    );
    expect(await sweep(db)).toBe(500);
    expect(await sweep(db)).toBe(1);
  });
});

describe('every minute', () => {
  it('what is due is done until nothing is left; one thing that fails keeps nothing else waiting', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const warn = vi.fn();
    const failing = vi.fn(() => Promise.reject(new Error('no database')));
    const busy = vi.fn().mockResolvedValueOnce(sweepPolicy.accountRows).mockResolvedValue(3);
    const sweeping = vi.fn(async () => 0);
    startSweeping({ sweep: sweeping, dueWork: [failing, busy], log: { warn } });
    await vi.advanceTimersByTimeAsync(59_000);
    expect(failing).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2_000);
    expect([failing, busy, sweeping, warn].map(({ mock }) => mock.calls.length)).toEqual([1, 2, 1, 1]);
  });
});
