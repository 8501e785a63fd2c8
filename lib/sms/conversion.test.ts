import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { fraudFindings } from '../doctor/fraud-findings';
import { sendCode } from '../otp/send-code';
import { depsOn, freshAddress } from '../otp/testing';
import { watchConversion } from './conversion';
import { pausesNow } from './pause-store';

const { db } = await testDatabase();
const alarms: object[] = [];
const log = { warn: () => undefined, error: (fields: object) => void alarms.push(fields) };
const watching = (settings: Record<string, string> = {}) => ({ ...depsOn(db, undefined, settings), log });

beforeEach(async () => {
  await db.execute(sql`truncate rate_limits, sms_pauses, audit_events, otp_challenges cascade`);
  alarms.length = 0;
});

/** Codes to a range whose life is over: so many sent, so many of them used, so long ago. */
async function codes(range: string, sent: number, used: number, { minutesAgo = 10, handedOver = true } = {}) {
  const scopes = `{send:range:${range},send:country:IN,budget:hour,budget:day}`;
  await db.execute(sql`
    with made as (
      insert into otp_challenges (id, phone, purpose, channel, code_hash, max_attempts, counted_in, counted_at, created_at,
        expires_at, consumed_at)
      select gen_random_uuid(), ${range}::text || lpad(n::text, 4, '0'), 'sign_in', 'sms', 'x', 5, ${scopes}::text[], now(),
        now() - make_interval(mins => ${minutesAgo}::integer + 5), now() - make_interval(mins => ${minutesAgo}::integer),
        case when n <= ${used}::integer then now() - make_interval(mins => ${minutesAgo}::integer + 4) end
      from generate_series(1, ${sent}::integer) n returning id, phone
    )
    insert into sms_deliveries (id, challenge_id, phone, channel, provider, handed_over_at)
    select gen_random_uuid(), id, phone, 'sms', 'twilio', case when ${handedOver}::boolean then now() end from made`);
}

const trail = async () => {
  const rows = await db.execute<{ detail: object }>(
    sql`select detail from audit_events where event = 'sms.conversion_low' order by created_at`,
  );
  return [...rows].map(({ detail }) => detail);
};
const minuteOver = () => db.execute(sql`delete from rate_limits where bucket = 'watch:conversion'`);

describe('the conversion alarm', () => {
  it('tells of a range whose codes nobody uses: in log, trail and status, once an hour', async () => {
    await codes('+9198123499', 30, 2);
    const deps = watching();
    await watchConversion(deps);
    const told = { scope: 'send:range:+9198123499', sent: 30, verified: 2 };
    expect(alarms).toEqual([told]);
    expect(await trail()).toEqual([told]);
    expect(await fraudFindings(db, deps.env)).toEqual([
      {
        level: 'warning',
        text: 'Of 30 codes sent to numbers that begin with +9198123499 within the last hour, 2 were used.',
        remedy: expect.stringContaining('BLOCKED_RANGES') as string,
      },
    ]);
    await minuteOver();
    await watchConversion(deps);
    expect(alarms).toHaveLength(1);
    expect(await pausesNow(db)).toEqual([]);
  });

  it('tells of a country from a hundred messages on', async () => {
    for (let range = 10; range < 20; range += 1) await codes(`+9198123${range}`, 10, 1);
    await watchConversion(watching());
    expect(alarms).toEqual([{ scope: 'send:country:IN', sent: 100, verified: 10 }]);
  });

  it('is silent about few messages, old ones, unsent ones, ones still alive, and ones that are used', async () => {
    await codes('+9198123401', 19, 0);
    await codes('+9198123402', 30, 0, { minutesAgo: 61 });
    await codes('+9198123403', 30, 0, { handedOver: false });
    await codes('+9198123404', 30, 0, { minutesAgo: -1 });
    await codes('+9198123405', 30, 6);
    await watchConversion(watching());
    expect(alarms).toEqual([]);
    expect(await fraudFindings(db, watching().env)).toMatchObject([{ level: 'ok' }]);
  });

  it('is looked for by one of all instances a minute, and not at all where it is set to 0', async () => {
    const once = watching();
    await watchConversion(once);
    await codes('+9198123406', 30, 0);
    await Promise.all([watchConversion(watching()), watchConversion(watching())]);
    expect(alarms).toEqual([]);
    await minuteOver();
    await watchConversion(watching({ SMS_CONVERSION_ALARM_PERCENT: '0' }));
    expect(alarms).toEqual([]);
    await Promise.all([watchConversion(watching()), watchConversion(watching())]);
    expect(alarms).toHaveLength(1);
  });

  it('that could not be written down, or could not stop its range, is raised a minute later', async () => {
    await codes('+9198123408', 30, 0);
    const stopping = watching({ SMS_CONVERSION_STOP_MINUTES: '30' });
    for (const table of ['audit_events', 'sms_pauses']) {
      await minuteOver();
      await db.execute(sql`alter table ${sql.identifier(table)} rename to out_of_reach`);
      await expect(watchConversion(stopping)).rejects.toThrow();
      await db.execute(sql`alter table out_of_reach rename to ${sql.identifier(table)}`);
      expect(alarms).toEqual([]);
    }
    await minuteOver();
    await watchConversion(stopping);
    expect(alarms).toHaveLength(1);
    expect(await trail()).toHaveLength(1);
    expect(await pausesNow(db)).toHaveLength(1);
  });

  it('stops the range as well where that is wished for, never the country, and ends by itself', async () => {
    await codes('+9198123407', 120, 0);
    const stopping = watching({ SMS_CONVERSION_STOP_MINUTES: '30' });
    await watchConversion(stopping);
    expect(alarms).toHaveLength(2);
    expect(await pausesNow(db)).toMatchObject([
      { scope: 'send:range:+9198123407', by: 'conversion', reason: '0 of 120 codes of the last hour were used' },
    ]);
    const send = (phone: string) => sendCode(stopping, { phone, address: freshAddress() });
    const inRange = '+919812340799';
    await db.execute(sql`update sms_pauses set scope = 'send:range:+91981234'`);
    expect(await send(inRange)).toMatchObject({ code: 'sms_paused', retryAfterSeconds: expect.any(Number) as number });
    expect((await send('+919822340799')).ok).toBe(true);
    await db.execute(sql`update sms_pauses set ends_at = now()`);
    expect((await send(inRange)).ok).toBe(true);
  });
});
