import { bearer } from '../fixtures/http-client';
import { expectProblem } from '../fixtures/shapes';
import { signIn, signInAgain, webSession } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

const LOGGED_OUT = { success: true, message: 'Logged out successfully' };

test.describe('POST /api/auth/logout', () => {
  test('ends the bearer’s session on the very next request, and no other', async ({ client, newPhone, clock }) => {
    const phone = newPhone();
    const phoneApp = await signIn(client, phone);
    const tablet = await signInAgain(client, phone, clock);
    const answer = await client.post('/api/auth/logout', {}, bearer(phoneApp.tokens.access));
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual(LOGGED_OUT);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expectProblem(await client.get('/api/me', { headers: bearer(phoneApp.tokens.access) }), 'token_revoked');
    expectProblem(await client.post('/api/auth/logout', {}, bearer(phoneApp.tokens.access)), 'token_revoked');
    expect((await client.get('/api/me', { headers: bearer(tablet.tokens.access) })).status).toBe(200);
  });

  test('works without a body, and with the refresh token in it', async ({ client, newPhone }) => {
    const [one, two] = [await signIn(client, newPhone()), await signIn(client, newPhone())];
    expect((await client.call('POST', '/api/auth/logout', { headers: bearer(one.tokens.access) })).json()).toEqual(
      LOGGED_OUT,
    );
    const answer = await client.post('/api/auth/logout', { refresh: two.tokens.refresh }, bearer(two.tokens.access));
    expect(answer.json()).toEqual(LOGGED_OUT);
  });

  test('with the cookie it clears the cookie and whatever the browser keeps, and revokes the row', async ({
    client,
    newPhone,
  }) => {
    const cookie = await webSession(client, newPhone());
    const answer = await client.post('/api/auth/logout', {}, { cookie, origin: client.url });
    expect(answer.json()).toEqual(LOGGED_OUT);
    expect(answer.headers['clear-site-data']).toContain('"cookies"');
    expect(answer.headers['set-cookie']?.join()).toMatch(
      /^next-auth\.session-token=; Path=\/; Max-Age=0; HttpOnly; SameSite=Lax$/,
    );
    expectProblem(await client.get('/api/me', { headers: { cookie } }), 'token_revoked');
  });

  test('everywhere ends all sessions of the person, of every kind', async ({ client, newPhone, clock }) => {
    const phone = newPhone();
    const other = await signIn(client, newPhone());
    const cookie = await webSession(client, phone);
    const app = await signInAgain(client, phone, clock);
    const answer = await client.post('/api/auth/logout', { everywhere: true }, bearer(app.tokens.access));
    expect(answer.json()).toEqual(LOGGED_OUT);
    expectProblem(await client.get('/api/me', { headers: bearer(app.tokens.access) }), 'token_revoked');
    expectProblem(await client.get('/api/me', { headers: { cookie } }), 'token_revoked');
    expect((await client.get('/api/me', { headers: bearer(other.tokens.access) })).status).toBe(200);
  });

  test('everywhere needs a code of the last ten minutes; a plain sign-out does not', async ({
    client,
    newPhone,
    clock,
  }) => {
    const { user, tokens } = await signIn(client, newPhone());
    await clock.passForSessions(user.id, 601);
    expectProblem(
      await client.post('/api/auth/logout', { everywhere: true }, bearer(tokens.access)),
      'fresh_proof_required',
    );
    expect((await client.get('/api/me', { headers: bearer(tokens.access) })).status).toBe(200);
    expect((await client.post('/api/auth/logout', {}, bearer(tokens.access))).json()).toEqual(LOGGED_OUT);
  });

  test('with a token that is worth nothing leaves the cookie beside it alone: its session lives', async ({
    client,
    newPhone,
  }) => {
    const cookie = await webSession(client, newPhone());
    const sent = { cookie, origin: client.url, ...bearer('a.b.c') };
    const answer = await client.post('/api/auth/logout', {}, sent);
    expectProblem(answer, 'unauthenticated');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect((await client.get('/api/me', { headers: { cookie } })).status).toBe(200);
  });

  test('needs somebody who is signed in', async ({ client }) => {
    expectProblem(await client.post('/api/auth/logout', {}), 'unauthenticated');
  });
});
