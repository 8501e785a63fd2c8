import { bearer } from '../fixtures/http-client';
import { changeCode, LOST, verifyChange } from '../fixtures/number-change';
import { expectProblem } from '../fixtures/shapes';
import { signIn, webSession } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

type Export = {
  user: Record<string, unknown>;
  sessions: Record<string, unknown>[];
  activity: Record<string, unknown>[];
  [more: string]: unknown;
};

test('everything held about the person comes as a file; no secret, nobody else’s data, and it is noted', async ({
  client,
  newClient,
  newPhone,
  sql,
}) => {
  const phone = newPhone();
  const stranger = await signIn(newClient(), newPhone());
  const { user, tokens } = await signIn(client, phone, { first_name: 'John', email: 'john@example.com' });
  const headers = bearer(tokens.access);
  const fresh = newPhone();
  await verifyChange(client, headers, fresh, await changeCode(client, headers, fresh, LOST), LOST);
  await sql`insert into identities (id, user_id, issuer, subject, email)
    values (gen_random_uuid(), ${user.id}, 'https://accounts.example', ${user.id}, 'j@example.com')`;
  const answer = await client.get('/api/me/export', { headers });
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe('application/json');
  expect(answer.headers['content-disposition']).toBe('attachment; filename="my-data.json"');
  expect(answer.headers['cache-control']).toBe('no-store');
  const data = answer.json<Export>();
  expect(Object.keys(data).sort()).toEqual([
    'activity',
    'codes_for_the_number',
    'exported_at',
    'identities',
    'messages_to_the_number',
    'passkeys',
    'phone_change',
    'recovery_codes',
    'sessions',
    'user',
  ]);
  expect(data.user).toMatchObject({ id: user.id, phone, first_name: 'John', email: 'john@example.com', role: 'user' });
  expect(Object.keys(data.user)).toEqual(
    expect.arrayContaining(['phone_proved_at', 'deletion_requested_at', 'created_at', 'avatar_url']),
  );
  expect(data.identities).toEqual([
    expect.objectContaining({ issuer: 'https://accounts.example', email: 'j@example.com' }),
  ]);
  expect(data.phone_change).toMatchObject({ new_phone: expect.stringMatching(/^\+91 •+ \d{4}$/) });
  expect(data.sessions).toEqual([expect.objectContaining({ kind: 'api', address: client.address, revoked_at: null })]);
  expect(data.activity.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['user.created', 'session.created', 'user.phone_change_requested', 'user.exported']),
  );
  expect(answer.text).not.toMatch(/hash|"token|argon2/);
  for (const foreign of [fresh, stranger.user.id, stranger.user.phone!, tokens.refresh]) {
    expect(answer.text).not.toContain(foreign);
  }
});

test('works as a plain link in our pages, and not from a page of somebody else', async ({ client, newPhone, sql }) => {
  const phone = newPhone();
  const cookie = await webSession(client, phone);
  expect((await client.get('/api/me/export', { headers: { cookie } })).status).toBe(200);
  expect((await client.get('/api/me/export', { headers: { cookie, 'sec-fetch-site': 'same-origin' } })).status).toBe(
    200,
  );
  for (const site of ['cross-site', 'same-site']) {
    const foreign = await client.get('/api/me/export', { headers: { cookie, 'sec-fetch-site': site } });
    expectProblem(foreign, 'origin_not_allowed');
  }
  const noted = await sql`select 1 from audit_events where phone = ${phone} and event = 'user.exported'`;
  expect(noted).toHaveLength(2);
  expectProblem(await client.get('/api/me/export'), 'unauthenticated');
});
