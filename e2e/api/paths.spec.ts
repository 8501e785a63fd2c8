import packageJson from '../../package.json' with { type: 'json' };
import { bearer } from '../fixtures/http-client';
import { complaints, expectProblem } from '../fixtures/shapes';
import { signIn } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

const HEALTHY = { status: 'ok', database: 'ok', version: packageJson.version };

test.describe('health', () => {
  for (const path of ['/api/health', '/health', '/api/health/', '/health/']) {
    test(`GET ${path} says that the database answers`, async ({ client }) => {
      const answer = await client.get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toContain('application/json');
      expect(answer.json()).toEqual(HEALTHY);
    });
  }

  test('GET /api/auth/health adds whether messages and sessions work, and no secret', async ({ client, run }) => {
    const answer = await client.get('/api/auth/health');
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ ...HEALTHY, sms: { provider: 'inbox', ready: true }, sessions: { ready: true } });
    expect(answer.text).not.toContain(run.secret);
    expect(answer.text).not.toContain('postgres://');
  });
});

test('every path answers with a slash at its end as well, without a redirect', async ({ client, newPhone }) => {
  const phone = newPhone();
  const { tokens } = await signIn(client, phone);
  const headers = bearer(tokens.access);
  expect((await client.post('/api/auth/send-otp/', { phone: newPhone() })).status).toBe(200);
  expectProblem(await client.post('/api/auth/verify-otp/', { phone: newPhone(), otp: '123456' }), 'code_expired');
  expect((await client.get('/api/me/', { headers })).json()).toMatchObject({ phone });
  expect((await client.call('PATCH', '/api/me/', { headers, json: { bio: 'Hi' } })).json()).toMatchObject({
    bio: 'Hi',
  });
  expect((await client.call('DELETE', '/api/me/avatar/', { headers })).status).toBe(200);
  expect((await client.get('/api/auth/health/')).status).toBe(200);
  expect((await client.get(`/api/dev/inbox/?phone=${encodeURIComponent(phone)}`)).status).toBe(200);
  expect((await client.post('/api/auth/logout/', {}, headers)).status).toBe(200);
});

test('a preflight with or without a slash at the end meets no redirect', async ({ client }) => {
  for (const path of ['/api/auth/send-otp', '/api/auth/send-otp/', '/api/me/']) {
    const answer = await client.call('OPTIONS', path, {
      headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  }
});

test('paths that are not there answer 404 as a problem, by every method', async ({ client }) => {
  for (const path of [
    '/api/nothing',
    '/api/nothing/',
    '/api/auth/nothing',
    '/api/auth/nothing/here',
    '/api/me/nothing',
    '/api/v2/%20',
  ]) {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await client.call(method, path, method === 'GET' ? {} : { json: {} });
      await test.step(`${method} ${path}`, () => expectProblem(answer, 'not_found'));
    }
  }
});

test('the root of the API is no page', async ({ client }) => {
  for (const path of ['/api', '/api/']) expectProblem(await client.get(path), 'not_found');
});

test('HEAD answers like GET, without a body', async ({ client }) => {
  const answer = await client.call('HEAD', '/api/health');
  expect([answer.status, answer.text]).toEqual([200, '']);
});

test.describe('the development inbox as JSON', () => {
  test('shows the messages to a number, newest first, and those alone', async ({ client, newPhone, clock }) => {
    const phone = newPhone();
    await signIn(client, phone);
    await clock.passForPhone(phone, 61);
    await client.post('/api/auth/send-otp', { phone });
    await client.post('/api/auth/send-otp', { phone: newPhone() });
    const answer = await client.get(`/api/dev/inbox?phone=${encodeURIComponent(phone)}`);
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { messages } = answer.json<{ messages: { to: string; text: string; sent_at: string }[] }>();
    expect(messages).toHaveLength(2);
    for (const message of messages) {
      expect(message).toEqual({
        id: expect.any(String),
        to: phone,
        text: expect.stringMatching(/code is: \d{6}/),
        sent_at: expect.stringMatching(/Z$/),
      });
    }
    expect(messages[0]!.sent_at > messages[1]!.sent_at).toBe(true);
  });

  test('takes the number with a bare plus, in national digits, or not at all', async ({ client, newPhone }) => {
    const phone = newPhone();
    await client.post('/api/auth/send-otp', { phone });
    for (const asked of [`?phone=${phone}`, `?phone=${phone.slice(3)}`, '']) {
      const { messages } = (await client.get(`/api/dev/inbox${asked}`)).json<{ messages: { to: string }[] }>();
      expect(messages.map(({ to }) => to)).toContain(phone);
    }
    const wrong = await client.get('/api/dev/inbox?phone=nobody');
    expectProblem(wrong, 'invalid_phone');
    expect(complaints(wrong)).toEqual([]);
  });

  test('does not exist for whoever asks by a public name', async ({ client }) => {
    for (const host of ['example.com', 'localhost.example.com', '192.0.2.2:3000', '127.0.0.1.example.com']) {
      await test.step(`Host: ${host}`, async () =>
        expectProblem(await client.get('/api/dev/inbox', { headers: { host } }), 'not_found'));
    }
  });
});
