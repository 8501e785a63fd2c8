import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { bearer, Client } from '../fixtures/http-client';
import { startSeparateApp } from '../fixtures/separate-app';
import { expectProblem } from '../fixtures/shapes';
import { signIn, type Tokens, webSession } from '../fixtures/sign-in';
import { expect, test as base } from '../fixtures/test';
import { claimsOf, headerOf } from '../fixtures/tokens';
import type { App } from '../stack/app';
import type { Run } from '../stack/run';

/** Another instance of the main server, on its database, with these keys in the place of its derived one. */
const test = base.extend<{ instance: (keys?: string) => Promise<Client> }>({
  instance: async ({ run, newAddress }, provide) => {
    const started: { app: App; client: Client }[] = [];
    await provide(async (keys = '') => {
      const app = await startSeparateApp({
        APP_URL: run.appUrl,
        DATABASE_URL: run.databaseUrl,
        JWT_PRIVATE_KEYS: keys,
      });
      const client = new Client(app.url, newAddress());
      started.push({ app, client });
      return client;
    });
    for (const { client } of started) client.close();
    await Promise.all(started.map(({ app }) => app.stop()));
  },
});
test.describe.configure({ timeout: 90_000 });

/** What `npm run keys -- <step>` prints for JWT_PRIVATE_KEYS, run with the settings of an instance. */
function keysAfter(step: string[], run: Run, keys = ''): string {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', path.join('lib', 'commands', 'keys.ts'), ...step],
    {
      env: { ...process.env, NODE_ENV: 'production', NEXTAUTH_SECRET: run.secret, JWT_PRIVATE_KEYS: keys },
      encoding: 'utf8',
    },
  );
  const value = /^JWT_PRIVATE_KEYS='(.+)'\n$/.exec(stdout)?.[1];
  if (!value) throw new Error(`The step "${step.join(' ')}" printed no setting: ${stderr}`);
  return value;
}

const kidOf = (token: string) => headerOf(token).kid;
const me = (client: Client, token: string) => client.get('/api/me', { headers: bearer(token) });

async function publishedKids(client: Client): Promise<string[]> {
  const { keys } = (await client.get('/.well-known/jwks.json')).json<{ keys: { kid: string; d?: string }[] }>();
  expect(keys.filter((key) => 'd' in key)).toEqual([]);
  return keys.map(({ kid }) => kid);
}

test('instances that share no more than secret and database take each other’s tokens', async ({
  client,
  instance,
  newPhone,
}) => {
  const twin = await instance();
  const [here, there] = [await signIn(client, newPhone()), await signIn(twin, newPhone())];
  expect((await me(twin, here.tokens.access)).status).toBe(200);
  expect((await me(client, there.tokens.access)).status).toBe(200);
  expect(await publishedKids(twin)).toEqual(await publishedKids(client));
});

test('a rotation signs nobody out: neighbouring steps take each other’s tokens, and the last refuses the old key', async ({
  client: old,
  run,
  instance,
  newPhone,
  sql,
}) => {
  const before = await signIn(old, newPhone());
  const cookie = await webSession(old, newPhone());
  const oldKid = kidOf(before.tokens.access);
  expect(await publishedKids(old)).toEqual([oldKid]);

  const afterAdd = keysAfter(['add'], run);
  const added = await instance(afterAdd);
  const [, newKid] = await publishedKids(added);
  expect(await publishedKids(added)).toEqual([oldKid, newKid]);
  const meanwhile = await signIn(added, newPhone());
  expect(kidOf(meanwhile.tokens.access)).toBe(oldKid);
  for (const app of [old, added]) {
    for (const { tokens } of [before, meanwhile]) expect((await me(app, tokens.access)).status).toBe(200);
  }

  const afterPromote = keysAfter(['promote', newKid!], run, afterAdd);
  const promoted = await instance(afterPromote);
  expect(await publishedKids(promoted)).toEqual([newKid, oldKid]);
  const after = await signIn(promoted, newPhone());
  expect(kidOf(after.tokens.access)).toBe(newKid);
  for (const app of [added, promoted]) {
    for (const { tokens } of [before, meanwhile, after]) expect((await me(app, tokens.access)).status).toBe(200);
  }

  const pruned = await instance(keysAfter(['prune'], run, afterPromote));
  expect(await publishedKids(pruned)).toEqual([newKid]);
  expect((await me(pruned, after.tokens.access)).status).toBe(200);
  expectProblem(await me(pruned, before.tokens.access), 'unauthenticated');
  const { sid } = claimsOf(before.tokens.access);
  const [session] = await sql`select revoked_at from sessions where id = ${String(sid)}::uuid`;
  expect(session).toEqual({ revoked_at: null });
  const renewed = (await pruned.post('/api/auth/refresh', { refresh: before.tokens.refresh })).json<Tokens>();
  expect([kidOf(renewed.access), claimsOf(renewed.access).sid]).toEqual([newKid, sid]);
  expect((await me(pruned, renewed.access)).status).toBe(200);
  expect((await pruned.get('/api/me', { headers: { cookie } })).status).toBe(200);
});

test('a key that leaked is replaced at once: its tokens end, and nobody is signed out', async ({
  client: old,
  run,
  instance,
  newPhone,
}) => {
  const before = await signIn(old, newPhone());
  const replaced = await instance(keysAfter(['replace'], run));
  const kids = await publishedKids(replaced);
  expect([kids.length, kids.includes(kidOf(before.tokens.access)!)]).toEqual([1, false]);
  expectProblem(await me(replaced, before.tokens.access), 'unauthenticated');
  const renewed = (await replaced.post('/api/auth/refresh', { refresh: before.tokens.refresh })).json<Tokens>();
  expect([kidOf(renewed.access), claimsOf(renewed.access).sid]).toEqual([kids[0], claimsOf(before.tokens.access).sid]);
  expect((await me(replaced, renewed.access)).status).toBe(200);
});
