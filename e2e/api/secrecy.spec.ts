import { bearer, Client } from '../fixtures/http-client';
import { newestCode, nextAuthSignIn, requestCode, signIn, verify, wrongCode } from '../fixtures/sign-in';
import { startSeparateApp } from '../fixtures/separate-app';
import { expect, test } from '../fixtures/test';

/** The code as a word of its own: six digits may stand inside an id by chance. */
const word = (code: string) => new RegExp(`(?<![\\w-])${code}(?![\\w-])`);

test('no answer but the inbox’s holds a code, in body or headers, and no page a full number', async ({
  client,
  newPhone,
}) => {
  const phone = newPhone();
  const { code, challenge_id } = await requestCode(client, phone, { name: 'John Doe' });
  await client.post('/api/auth/send-otp', { phone });
  await verify(client, phone, wrongCode(code));
  await nextAuthSignIn(client, { phone, otp: wrongCode(code, 2) });
  const { tokens } = (await verify(client, phone, code, { challenge_id })).json<{ tokens: { access: string } }>();
  for (const path of [
    '/api/me',
    '/api/health',
    '/api/auth/health',
    '/api/auth/session',
    '/api/auth/providers',
    '/api/nothing',
  ]) {
    await client.get(path, { headers: bearer(tokens.access) });
  }
  for (const path of ['/', '/auth', '/auth/code', '/otp-test', '/no-such-page']) await client.get(path);
  await verify(client, phone, code);
  expect(client.answers.length).toBeGreaterThan(12);
  for (const { text, headers } of client.answers) expect(`${text}\n${JSON.stringify(headers)}`).not.toMatch(word(code));
  for (const { text } of client.answers.filter(({ headers }) => headers['content-type']?.includes('html')))
    expect(text).not.toContain(phone.slice(3));
});

test('no code is in the database in clear, but in the inbox’s own table', async ({ client, newPhone, sql }) => {
  const phone = newPhone();
  const { code } = await requestCode(client, phone);
  const tables = await sql<{ table_name: string }[]>`
    select table_name from information_schema.tables where table_schema = 'public' and table_name <> 'inbox_messages'`;
  expect(tables.length).toBeGreaterThan(7);
  for (const { table_name: table } of tables) {
    const rows = await sql<{ row: string }[]>`
      select (to_jsonb(t) - array(select k from jsonb_object_keys(to_jsonb(t)) k where k like '%\_at'))::text as row from ${sql(table)} t
      where to_jsonb(t)::text like ${`%${code}%`}`;
    for (const { row } of rows) expect(row, table).not.toMatch(word(code));
  }
  const [challenge] = await sql<{ code_hash: string }[]>`select code_hash from otp_challenges where phone = ${phone}`;
  expect(challenge?.code_hash).toMatch(/^\$argon2id\$v=19\$m=(19456|[2-9]\d{4}),t=[2-9],p=1,/);
});

test('no token is in the database in clear', async ({ client, newPhone, sql }) => {
  const { user, tokens } = await signIn(client, newPhone());
  const tables = await sql<
    { table_name: string }[]
  >`select table_name from information_schema.tables where table_schema = 'public'`;
  for (const { table_name: table } of tables) {
    for (const token of [tokens.access, tokens.refresh]) {
      const found = await sql`select 1 from ${sql(table)} t where to_jsonb(t)::text like ${`%${token}%`}`;
      expect(found, table).toHaveLength(0);
    }
  }
  const stored =
    await sql`select 1 from refresh_tokens r join sessions s on s.id = r.session_id where s.user_id = ${user.id}`;
  expect(stored).toHaveLength(1);
});

test('a hash copied to another code’s row opens nothing', async ({ client, newPhone, sql }) => {
  const [mine, victim] = [newPhone(), newPhone()];
  const { code } = await requestCode(client, mine);
  await requestCode(client, victim);
  await sql`update otp_challenges set code_hash = (select code_hash from otp_challenges where phone = ${mine}) where phone = ${victim}`;
  const answer = await verify(client, victim, code);
  expect(answer.json()).toMatchObject({ code: 'invalid_code' });
});

test('at its most talkative the server’s log names no code, number, token or cookie', async ({
  newAddress,
  newPhone,
}) => {
  const app = await startSeparateApp({ LOG_LEVEL: 'trace' });
  const client = new Client(app.url, newAddress());
  const phone = newPhone();
  const { code } = await requestCode(client, phone, { name: 'Johannes Doe' });
  await client.get(`/api/dev/inbox?phone=${encodeURIComponent(phone)}`);
  await verify(client, phone, wrongCode(code));
  await client.post('/api/auth/verify-otp', { phone, otp: code, surprise: true });
  const signedIn = await nextAuthSignIn(client, { phone, otp: wrongCode(code, 3) });
  const { tokens } = (await verify(client, phone, code)).json<{ tokens: { access: string; refresh: string } }>();
  await client.get('/api/me', { headers: bearer(`${tokens.access}x`) });
  await client.get('/api/me', { headers: bearer(tokens.access) });
  await client.post('/api/auth/logout', {}, bearer(tokens.access));
  await expect(newestCode(client, phone)).resolves.toBe(code);
  await app.stop();
  client.close();
  const log = app.log();
  expect(log).not.toMatch(word(code));
  const secrets = [
    phone.slice(1),
    phone.slice(3),
    encodeURIComponent(phone),
    tokens.access,
    tokens.refresh,
    'Johannes',
  ];
  for (const secret of [
    ...secrets,
    ...(signedIn.headers['set-cookie'] ?? []).map((line) => line.split(/[=;]/)[1] ?? 'no cookie'),
  ]) {
    expect(log).not.toContain(secret);
  }
});
