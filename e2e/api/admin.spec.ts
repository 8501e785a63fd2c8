import { makeAdmin } from '../fixtures/admin';
import { command } from '../fixtures/command';
import { bearer } from '../fixtures/http-client';
import { expectProblem, instant, seconds } from '../fixtures/shapes';
import { requestCode, signIn, verify, webSession, wrongCode } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';
import { currentRun } from '../stack/run';

type Timeline = {
  phone: string;
  summary: string;
  wrong_codes_in_a_row: number;
  events: { at: string; kind: string; outcome: string; text: string; detail: string | null }[];
};
const path = '/api/admin/deliveries';

test('the look-up of deliveries is for administrators: 401 signed out, 403 for everybody else, at once after a change of role', async ({
  client,
  newPhone,
  sql,
}) => {
  const phone = newPhone();
  expectProblem(await client.post(path, { phone }), 'unauthenticated');
  const { tokens } = await signIn(client, phone);
  const headers = bearer(tokens.access);
  expectProblem(await client.post(path, { phone }, headers), 'forbidden');
  expectProblem(await client.post(path, {}, headers), 'forbidden');
  await makeAdmin(sql, phone);
  expect((await client.post(path, { phone }, headers)).status).toBe(200);
  await sql`update users set role = 'user' where phone = ${phone}`;
  expectProblem(await client.post(path, { phone }, headers), 'token_revoked');
});

test('an administrator reads what became of the codes for a number, masked, newest first', async ({
  client,
  newClient,
  newPhone,
  sql,
}) => {
  const admin = newPhone();
  const { tokens } = await signIn(client, admin);
  await makeAdmin(sql, admin);
  const person = newClient();
  const phone = newPhone();
  const { code } = await requestCode(person, phone);
  expectProblem(await person.post('/api/auth/send-otp', { phone }), 'resend_too_soon', {
    retry_after_seconds: seconds(50, 60),
  });
  // Asked again at once, it is not written down again.
  await person.post('/api/auth/send-otp', { phone });
  await verify(person, phone, wrongCode(code));
  expect((await verify(person, phone, code)).status).toBe(200);

  const spaced = `${phone.slice(0, 3)} ${phone.slice(3, 8)}-${phone.slice(8)}`;
  const answer = await client.post(path, { phone: spaced }, bearer(tokens.access));
  expect(answer.status, answer.text).toBe(200);
  expect(answer.text).not.toContain(phone.slice(4));
  expect(answer.text).not.toContain(code);
  const timeline = answer.json<Timeline>();
  expect(timeline).toMatchObject({
    phone: `+91 •••••• ${phone.slice(-4)}`,
    summary:
      'The last code arrived and was used. A further request was refused: the code before was sent only a moment earlier. The wait is shown on the page.',
    wrong_codes_in_a_row: 0,
  });
  expect(timeline.events.map(({ kind, text }) => [kind, text])).toEqual([
    ['signed_in', 'Signed in'],
    ['tried', 'The right code was entered'],
    ['tried', 'A code was entered and not accepted'],
    ['limited', 'Request refused by a limit'],
    ['vendor', 'The development inbox took the message'],
    ['requested', 'Code asked for by SMS, to sign in'],
  ]);
  for (const event of timeline.events) expect(event.at).toEqual(instant);
});

test('each look-up is written down: by whom, in which session, which number', async ({ client, newPhone, sql }) => {
  const admin = newPhone();
  const { tokens, user } = await signIn(client, admin);
  await makeAdmin(sql, admin);
  const phone = newPhone();
  const headers = bearer(tokens.access);
  const nothing = (await client.post(path, { phone }, headers)).json<Timeline>();
  expect(nothing).toMatchObject({ events: [], summary: expect.stringContaining('Nobody asked for a code') });
  expectProblem(await client.post(path, { phone: '12' }, headers), 'invalid_phone');
  expectProblem(await client.post(path, {}, headers), 'invalid_request', {
    errors: [{ path: 'phone', message: expect.any(String) }],
  });
  const rows = await sql`
    select user_id, detail, session_id is not null as in_session from audit_events
    where phone = ${phone} and event = 'delivery.looked_up'`;
  expect([...rows]).toEqual([{ user_id: null, detail: { by: user.id }, in_session: true }]);
  // Nobody's own data hold whose number an administrator looked up.
  expect((await client.get('/api/me/export', { headers })).text).not.toContain(phone);
});

test('a number in an address looks nothing up, and a page elsewhere can’t make an administrator’s browser do it', async ({
  client,
  newPhone,
  sql,
}) => {
  const admin = newPhone();
  const cookie = await webSession(client, admin);
  await makeAdmin(sql, admin);
  const phone = newPhone();
  expectProblem(
    await client.get(`${path}?phone=${encodeURIComponent(phone)}`, { headers: { cookie } }),
    'method_not_allowed',
  );
  const foreign = { cookie, origin: 'https://elsewhere.example' };
  expectProblem(await client.post(path, { phone }, foreign), 'origin_not_allowed');
  const rows = () => sql`select 1 from audit_events where phone = ${phone} and event = 'delivery.looked_up'`;
  expect(await rows()).toHaveLength(0);
  const own = { cookie, origin: client.url };
  expect((await client.post(path, { phone }, own)).status).toBe(200);
  expect(await rows()).toHaveLength(1);
});

for (const [what, change] of [
  ['unused for an hour', `last_seen_at = now() - interval '61 minutes'`],
  ['a day old', `created_at = now() - interval '24 hours 1 minute'`],
] as const) {
  test(`an administrator’s session ${what} reads no deliveries`, async ({ client, newPhone, sql }) => {
    const admin = newPhone();
    const { tokens, user } = await signIn(client, admin);
    await makeAdmin(sql, admin);
    await sql.unsafe(`update sessions set ${change} where user_id = '${user.id}'`);
    const answer = await client.post(path, { phone: newPhone() }, bearer(tokens.access));
    expectProblem(answer, 'token_revoked');
  });
}

test('npm run admin grants, lists and revokes, and says what is wrong', async ({ client, newPhone, sql, clock }) => {
  const phone = newPhone();
  const settings = { DATABASE_URL: currentRun().databaseUrl, ADMIN_PHONES: '' };
  const unknown = await command('admin', ['grant', phone], settings);
  expect(unknown).toMatchObject({ code: 1, output: expect.stringContaining('Nobody has signed in with') });
  const { tokens } = await signIn(client, phone);
  expect(await command('admin', ['grant', phone.slice(0, 5), phone.slice(5)], settings)).toMatchObject({ code: 0 });
  const fixed = await command('admin', ['grant', phone], { ...settings, TEST_NUMBERS: `${phone}=730518` });
  expect(fixed).toMatchObject({ code: 0, output: expect.stringContaining('TEST_NUMBERS names this number') });
  // Who becomes an administrator signs in anew.
  expectProblem(await client.get('/api/me', { headers: bearer(tokens.access) }), 'token_revoked');
  await clock.passForPhone(phone, 61);
  expect((await signIn(client, phone)).user.role).toBe('admin');
  expect((await command('admin', ['list'], settings)).output).toContain(phone);
  const named = await command('admin', ['revoke', phone], { ...settings, ADMIN_PHONES: phone });
  expect(named).toMatchObject({ code: 0, output: expect.stringContaining('ADMIN_PHONES names this number') });
  const rows =
    await sql`select detail ->> 'to' as role from audit_events where phone = ${phone} and event = 'user.role_changed'`;
  expect(rows.map(({ role }) => role as string).sort()).toEqual(['admin', 'user']);
  expect(await command('admin', ['promote', phone], settings)).toMatchObject({ code: 1 });
  const closed = { ...settings, DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' };
  expect(await command('admin', ['list'], closed)).toMatchObject({
    code: 1,
    output: expect.stringContaining('nothing listens there'),
  });
});

test('npm run doctor finds a running app well, follows a test message, and shows no secret', async ({
  newPhone,
  sql,
}) => {
  // Seven runs of the command, each with its own start of Node.
  test.setTimeout(90_000);
  const { databaseUrl, appUrl, secret } = currentRun();
  const settings = {
    DATABASE_URL: databaseUrl,
    APP_URL: appUrl,
    PORT: new URL(appUrl).port,
    NEXTAUTH_SECRET: secret,
    NODE_ENV: 'production',
    SMS_PROVIDER: 'inbox',
  };
  const phone = newPhone();
  const well = await command('doctor', ['--send', phone], settings);
  expect(well.output).toContain(`The app answers at ${appUrl}.`);
  expect(well.output).toContain('To everywhere: the development inbox.');
  expect(well.output).toMatch(
    /A test message\n {2}The development inbox took it\.\n {2}The development inbox sends no receipts/,
  );
  expect(well).toMatchObject({ code: 0 });
  expect(well.output).not.toContain(secret);
  const [message] = await sql`select text from inbox_messages where phone = ${phone}`;
  expect(message?.text).toBe('This is a test message from Latchkey. There is nothing to do.');

  const landline = await command('doctor', ['--send', '+91 22 2757 6555'], settings);
  expect(landline).toMatchObject({ code: 1, output: expect.stringContaining('Not sent: that is not a mobile number') });
  const nobody = await command('doctor', ['--send'], settings);
  expect(nobody).toMatchObject({ code: 1, output: expect.stringContaining('Say whom to send to') });
  const glued = await command('doctor', [`--send${phone}`], settings);
  expect(glued.code).toBe(1);
  expect(glued.output).not.toContain(phone);

  const lost = { ...settings, DATABASE_URL: 'postgres://someone:hunter2hunter2@127.0.0.1:9/none', PORT: '1234' };
  const ill = await command('doctor', ['--json'], lost);
  expect(ill.code).toBe(1);
  expect(ill.output).not.toMatch(/hunter2|someone/);
  const failures = (JSON.parse(ill.output) as { area: string; level: string; remedy?: string }[]).filter(
    ({ level }) => level === 'failed',
  );
  expect(failures.map(({ area }) => area)).toEqual(expect.arrayContaining(['Address', 'Database']));
  for (const { remedy } of failures) expect(remedy).toBeTruthy();
  const unsent = await command('doctor', ['--send', phone], lost);
  expect(unsent).toMatchObject({ code: 1, output: expect.stringContaining('Not sent: settings and database') });
  const refused = await command('doctor', [], { ...settings, APP_URL: 'http://app.example', NEXTAUTH_SECRET: 'short' });
  expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('APP_URL must be https') });
  expect(refused.output).toContain('NEXTAUTH_SECRET must be set');
});

test('a stopped number is opened by an administrator, by the API and by npm run admin, and by nobody else', async ({
  client,
  newClient,
  newPhone,
  sql,
}) => {
  const [admin, phone] = [newPhone(), newPhone()];
  const { tokens, user } = await signIn(client, admin);
  const unlock = (json: object, token = tokens.access) =>
    client.call('POST', '/api/admin/unlock', { headers: bearer(token), json });
  expectProblem(await client.post('/api/admin/unlock', { phone }), 'unauthenticated');
  expectProblem(await unlock({ phone }), 'forbidden');
  await makeAdmin(sql, admin);
  const stop = () => sql`
    insert into phone_throttles values (${phone}, 100, now())
    on conflict (phone) do update set consecutive_failures = 100, last_failed_at = now()`;
  await stop();
  const person = newClient();
  const { code } = await requestCode(person, phone);
  const days30 = seconds(2_591_900, 2_592_000);
  const stopped = await verify(person, phone, code);
  expectProblem(stopped, 'too_many_attempts', { retry_after_seconds: days30 });
  expect(stopped.json().message).toContain('support');
  expectProblem(await unlock({ phone: '12' }), 'invalid_phone');
  expect((await unlock({ phone })).json()).toEqual({
    success: true,
    message: 'Wrong codes cleared',
    wrong_codes_in_a_row: 100,
  });
  await stop();
  const settings = { DATABASE_URL: currentRun().databaseUrl };
  expect(await command('admin', ['unlock', phone], settings)).toMatchObject({
    code: 0,
    output: expect.stringContaining(`Cleared: 100 wrong codes in a row for ${phone}.`),
  });
  expect((await command('admin', ['unlock', phone], settings)).output).toContain('No wrong codes count');
  expect((await verify(person, phone, code)).status).toBe(200);
  const { events } = (await client.post(path, { phone }, bearer(tokens.access))).json<Timeline>();
  expect(events.filter(({ kind }) => kind === 'unlocked').map(({ detail }) => detail)).toEqual([
    'By npm run admin.',
    'By an administrator.',
  ]);
  const rows = await sql`
    select user_id, detail from audit_events where phone = ${phone} and event = 'code.unlocked' order by created_at`;
  expect([...rows]).toEqual([
    { user_id: null, detail: { by: user.id, wrong_in_a_row: 100 } },
    { user_id: null, detail: { by: 'npm run admin', wrong_in_a_row: 100 } },
  ]);
});
