import fs from 'node:fs';
import postgres from 'postgres';
import { bearer, Client } from '../fixtures/http-client';
import { startSeparateApp } from '../fixtures/separate-app';
import { requestCode, type SignIn, signIn, verify } from '../fixtures/sign-in';
import { createDatabase } from '../stack/databases';
import { expect, test } from '../fixtures/test';

test('a journey from number to profile costs at most ten statements, a session check one and a refresh three', async ({
  run,
  newAddress,
  newPhone,
}) => {
  const databaseUrl = await createDatabase(run.postgresUrl);
  const admin = postgres(databaseUrl, { max: 1 });
  await admin.unsafe(`alter database ${new URL(databaseUrl).pathname.slice(1)} set log_statement = 'all'`);
  await admin.end();
  // One connection, so that none is opened (with statements of its own) while we count.
  const app = await startSeparateApp({ DATABASE_URL: databaseUrl, DATABASE_POOL_MAX: '1' });
  const client = new Client(app.url, newAddress());
  /** What this database alone was asked while `work` ran. */
  const statements = async (work: () => Promise<unknown>): Promise<string[]> => {
    const before = fs.statSync(run.postgresLog).size;
    await work();
    const log = fs.readFileSync(run.postgresLog).subarray(before).toString();
    return [...log.matchAll(/LOG: {2}(?:statement|execute [^:]+): (.*)/g)].map((match) => match[1]?.trim() ?? '');
  };

  await signIn(client, newPhone());
  const phone = newPhone();
  let sent: Awaited<ReturnType<typeof requestCode>>;
  let signedIn: SignIn;
  const inbox = 1; // how the test reads the code
  const sending = await statements(async () => (sent = await requestCode(client, phone)));
  const verifying = await statements(async () => (signedIn = (await verify(client, phone, sent.code)).json<SignIn>()));
  const checking = await statements(() => client.get('/api/me', { headers: bearer(signedIn.tokens.access) }));
  const refreshing = await statements(() => client.post('/api/auth/refresh', { refresh: signedIn.tokens.refresh }));
  await test.info().attach('statements', {
    body: [...sending, ...verifying, ...checking, ...refreshing].join('\n'),
    contentType: 'text/plain',
  });

  expect(verifying.length).toBeGreaterThan(0);
  expect(checking.filter((statement) => !statement.startsWith('select'))).toEqual([]);
  expect(checking).toHaveLength(1);
  expect(refreshing).toHaveLength(3);
  expect(sending.length + verifying.length + checking.length - inbox).toBeLessThanOrEqual(10);
  client.close();
  await app.stop();
});
