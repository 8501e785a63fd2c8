import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { depsOn, freshPhone } from '../otp/testing';
import { activityPolicy } from '../policy';
import { newId } from '../random';
import { signedInWith } from '../sessions/testing';
import { activityOf, noticesOf } from './activity';
import { type AuditEvent, auditEvents } from './events';

const { db } = await testDatabase();
const deps = depsOn(db);

it('has words for every event of one’s own trail, and leaves out those that are nobody’s own', async () => {
  const who = await signedInWith(deps, freshPhone());
  const unseen: AuditEvent[] = [];
  for (const event of Object.keys(auditEvents) as AuditEvent[]) {
    await db.execute(sql`delete from audit_events where user_id = ${who.user.id}::uuid`);
    // Without a session, as if it had happened elsewhere.
    await db.execute(
      sql`insert into audit_events (id, event, user_id) values (${newId()}::uuid, ${event}, ${who.user.id}::uuid)`,
    );
    const told = [...(await activityOf(db, who)), ...(await noticesOf(db, who))];
    if (told.length === 0) unseen.push(event);
    for (const { text } of told) expect(text, event).toMatch(/^[A-Z][^._]+$/);
  }
  expect(unseen).toEqual([
    'code.requested',
    'code.limited',
    'code.limit_exceeded',
    'code.attempted',
    'delivery.looked_up',
    'user.looked_up',
    'delivery.tested',
    'sms.paused',
    'sms.resumed',
    'sms.conversion_low',
    'user.deleted',
    'recovery_code.refused',
  ]);
});

it('tells the newest of every kind that is a notice, however many newer ones there are of others', async () => {
  const who = await signedInWith(deps, freshPhone());
  const happened = (event: AuditEvent, afterSeconds: number) =>
    db.execute(sql`
      insert into audit_events (id, event, user_id, session_id, created_at) values (${newId()}::uuid, ${event},
        ${who.user.id}::uuid, ${newId()}::uuid, now() + make_interval(secs => ${afterSeconds}::integer))`);
  for (const event of Object.keys(auditEvents) as AuditEvent[]) await happened(event, 1);
  const kinds = new Set((await noticesOf(db, who)).map(({ event }) => event));
  expect(kinds).toContain('passkey.added');
  for (let i = 0; i < activityPolicy.mostNotices; i += 1) await happened('user.exported', 2 + i);
  const told = await noticesOf(db, who);
  expect(new Set(told.map(({ event }) => event))).toEqual(kinds);
  expect(told).toHaveLength(activityPolicy.mostNotices);
  expect(told.map(({ created_at: at }) => at)).toEqual(
    told
      .map(({ created_at: at }) => at)
      .sort()
      .reverse(),
  );
});
