import postgres from 'postgres';
import { command } from '../fixtures/command';
import { bearer, Client } from '../fixtures/http-client';
import { startSeparateApp } from '../fixtures/separate-app';
import { expectProblem } from '../fixtures/shapes';
import { requestCode, signIn, verify } from '../fixtures/sign-in';
import { clockOf } from '../fixtures/time';
import { expect, test } from '../fixtures/test';

test('a number nobody proved for a year opens a fresh account, and the old one is left alone', async ({
  client,
  newPhone,
  clock,
  sql,
}) => {
  const phone = newPhone();
  const old = await signIn(client, phone, { first_name: 'Old' });
  await clock.passForPhone(phone, 61);
  await sql`update users set phone_proved_at = now() - interval '364 days' where id = ${old.user.id}`;
  expect(await signIn(client, phone)).toMatchObject({ created: false, user: { id: old.user.id } });
  await clock.passForPhone(phone, 61);
  await sql`update users set phone_proved_at = now() - interval '366 days' where id = ${old.user.id}`;
  const fresh = await signIn(client, phone);
  expect(fresh).toMatchObject({ created: true, user: { phone, first_name: null } });
  expect((await client.get('/api/me', { headers: bearer(old.tokens.access) })).json()).toMatchObject({
    id: old.user.id,
    phone: null,
    first_name: 'Old',
  });
});

test('where a second proof is asked for, it opens nothing, the code is spent, and support settles whose it is', async ({
  newAddress,
  newPhone,
}) => {
  const app = await startSeparateApp({ DORMANT_ACCOUNTS: 'second-proof', DORMANT_AFTER_DAYS: '45' });
  const sql = postgres(app.databaseUrl, { max: 1 });
  const client = new Client(app.url, newAddress());
  const phone = newPhone();
  const { user } = await signIn(client, phone);
  await clockOf(sql).passForPhone(phone, 61);
  await sql`update users set phone_proved_at = now() - interval '46 days' where id = ${user.id}`;
  const { code } = await requestCode(client, phone);
  const refused = await verify(client, phone, code);
  expectProblem(refused, 'forbidden');
  expect(refused.json().message).toMatch(/Sign in another way .* or contact support/);
  expectProblem(await verify(client, phone, code), 'code_expired');
  // Support knows whose the number is: it is the owner's still, or somebody else's by now.
  const settle = (what: string, more: Record<string, string> = {}) =>
    command('admin', [what, phone], { DATABASE_URL: app.databaseUrl, DORMANT_AFTER_DAYS: '45', ...more });
  expect(await settle('vouch')).toMatchObject({ code: 0, output: expect.stringContaining('opens its account again') });
  await clockOf(sql).passForPhone(phone, 61);
  expect(await signIn(client, phone)).toMatchObject({ created: false, user: { id: user.id } });
  expect(await settle('release')).toMatchObject({ code: 1, output: expect.stringContaining('confirmed it within') });
  await sql`update users set phone_proved_at = now() - interval '46 days' where id = ${user.id}`;
  expect(await settle('release', { ADMIN_PHONES: phone })).toMatchObject({
    code: 1,
    output: expect.stringContaining('would become an administrator'),
  });
  expect(await settle('release')).toMatchObject({ code: 0, output: expect.stringContaining('opens a new account') });
  await clockOf(sql).passForPhone(phone, 61);
  const next = await signIn(client, phone);
  expect(next).toMatchObject({ created: true });
  await sql`update users set suspended_at = now() where id = ${next.user.id}`;
  expect(await settle('release')).toMatchObject({ code: 1, output: expect.stringContaining('is suspended') });
  const trail = await sql`
    select event, detail from audit_events where user_id = ${user.id} and event like 'user.phone%' order by created_at`;
  expect([...trail]).toEqual([
    { event: 'user.phone_vouched', detail: { by: 'npm run admin' } },
    { event: 'user.phone_released', detail: { by: 'npm run admin' } },
  ]);
  client.close();
  await sql.end();
  await app.stop();
});
