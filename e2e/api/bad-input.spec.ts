import net from 'node:net';
import { type Answer, bearer, type Call } from '../fixtures/http-client';
import { complaints, expectNothingInternal, expectProblem } from '../fixtures/shapes';
import { signIn, webSession } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

const json = 'application/json';
const post = (body: string | Uint8Array, type: string = json): Call => ({ body, headers: { 'content-type': type } });
const paths = ['/api/auth/send-otp', '/api/auth/verify-otp'] as const;

for (const path of paths) {
  test.describe(`POST ${path}`, () => {
    test('refuses more than 16 KiB, told by its header or found while reading', async ({ client }) => {
      const large = JSON.stringify({ phone: 'x'.repeat(16 * 1024) });
      expectProblem(await client.call('POST', path, post(large)), 'payload_too_large');
      const chunked = { 'content-type': json, 'transfer-encoding': 'chunked' };
      expectProblem(await client.call('POST', path, { body: large, headers: chunked }), 'payload_too_large');
      expectProblem(await client.call('POST', path, post(Buffer.alloc(20_000_000))), 'payload_too_large');
    });

    test('refuses media types other than JSON', async ({ client }) => {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/jsonp',
        'json',
        '',
      ]) {
        expectProblem(await client.call('POST', path, post('{"phone":"1"}', type)), 'unsupported_media_type');
      }
      expectProblem(await client.call('POST', path, { body: '{}' }), 'unsupported_media_type');
      expectProblem(await client.call('POST', path), 'unsupported_media_type');
    });

    test('takes JSON with a charset and in capitals', async ({ client, newPhone }) => {
      const body = JSON.stringify({ phone: newPhone(), otp: '123456' });
      for (const type of ['application/json; charset=utf-8', 'Application/JSON']) {
        expect((await client.call('POST', path, post(body, type))).status).not.toBe(415);
      }
    });

    const notJson = [
      '',
      '{',
      '{"phone":}',
      "{'phone':'1'}",
      '{"phone":"1"} x',
      'undefined',
      '\ufeff',
      '{"phone":"\u0000"}',
      '[',
      '{"a":1,}',
      'NaN',
    ];
    test('refuses what is not JSON', async ({ newClient }) => {
      for (const body of notJson) {
        const answer = await newClient().call('POST', path, post(body));
        expectProblem(answer, 'invalid_request');
        expect(complaints(answer)).toEqual([]);
      }
    });

    test('refuses bytes that are no UTF-8', async ({ client }) => {
      const body = Buffer.concat([Buffer.from('{"phone":"'), Buffer.from([0xff, 0xfe, 0xc3, 0x28]), Buffer.from('"}')]);
      expectProblem(await client.call('POST', path, post(body)), 'invalid_request');
    });

    test('refuses JSON that is no object', async ({ client }) => {
      for (const body of ['null', '1', '"+918123456789"', '[]', '[{"phone":"1"}]', 'true', '[[[[]]]]']) {
        expectProblem(await client.call('POST', path, post(body)), 'invalid_request', { errors: expect.any(Array) });
      }
    });

    test('survives JSON nested a thousand times', async ({ client }) => {
      const answer = await client.call('POST', path, post(`{"phone":${'['.repeat(4_000)}${']'.repeat(4_000)}}`));
      expectProblem(answer, 'invalid_request', { errors: expect.any(Array) });
    });
  });
}

/** Bodies in which one thing is wrong, and the field that must be named. */
const spoilt: [string, string, string][] = [
  ['/api/auth/send-otp', '{}', 'phone'],
  ...['918123456789', 'null', 'true', '[]', '{}', '["+918123456789"]', '""', '"   "', `"${'1'.repeat(65)}"`].map(
    (value): [string, string, string] => ['/api/auth/send-otp', `{"phone":${value}}`, 'phone'],
  ),
  ['/api/auth/send-otp', String.raw`{"phone":"+9181234\u000056789"}`, 'phone'],
  ['/api/auth/send-otp', String.raw`{"phone":"+918123456789\ud800"}`, 'phone'],
  ['/api/auth/send-otp', '{"phone":"+918123456789","name":7}', 'name'],
  ['/api/auth/send-otp', '{"phone":"+918123456789","name":""}', 'name'],
  ['/api/auth/send-otp', String.raw`{"phone":"+918123456789","name":"A\udc00"}`, 'name'],
  ['/api/auth/send-otp', String.raw`{"phone":"+918123456789","name":"A\u0000"}`, 'name'],
  ['/api/auth/send-otp', `{"phone":"+918123456789","name":"${'x'.repeat(201)}"}`, 'name'],
  ['/api/auth/send-otp', '{"phone":"+918123456789","channel":"pigeon"}', 'channel'],
  ['/api/auth/send-otp', '{"phone":"+918123456789","locale":5}', 'locale'],
  ['/api/auth/send-otp', '{"phone":"+918123456789","surprise":true}', 'surprise'],
  ['/api/auth/send-otp', '{"phone":"+918123456789","__proto__":{"admin":true}}', '__proto__'],
  ['/api/auth/send-otp', '{"phone":"+918123456789","constructor":{"prototype":{}}}', 'constructor'],
  ['/api/auth/verify-otp', '{"phone":"+918123456789"}', 'otp'],
  ['/api/auth/verify-otp', '{"otp":"123456"}', 'phone'],
  ...[
    '123456',
    'null',
    '["123456"]',
    '{"a":1}',
    '""',
    '"12345"',
    '"12345678901"',
    '"12345a"',
    '" 123456"',
    '"１２３４５６"',
    '"-12345"',
    '"1e5000"',
  ].map((value): [string, string, string] => [
    '/api/auth/verify-otp',
    `{"phone":"+918123456789","otp":${value}}`,
    'otp',
  ]),
  ['/api/auth/verify-otp', String.raw`{"phone":"+918123456789","otp":"12345\u0000"}`, 'otp'],
  ['/api/auth/verify-otp', '{"phone":"+918123456789","otp":"123456","challenge_id":"1"}', 'challenge_id'],
  ['/api/auth/verify-otp', '{"phone":"+918123456789","otp":"123456","challenge_id":null}', 'challenge_id'],
  ['/api/auth/verify-otp', '{"phone":"+918123456789","otp":"123456","first_name":7}', 'first_name'],
  ['/api/auth/verify-otp', '{"phone":"+918123456789","otp":"123456","last_name":""}', 'last_name'],
  ['/api/auth/verify-otp', '{"phone":"+918123456789","otp":"123456","email":"x"}', 'email'],
  ['/api/auth/verify-otp', '{"phone":"+918123456789","otp":"123456","role":"admin"}', 'role'],
  ['/api/auth/verify-otp', '{"phone":"+918123456789","otp":"123456","__proto__":{"role":"admin"}}', '__proto__'],
];
test('a field of the wrong kind is refused by its name', async ({ newClient }) => {
  for (const [path, body, field] of spoilt) {
    await test.step(`${path} ${body.slice(0, 80)}`, async () => {
      const answer = await newClient().call('POST', path, post(body));
      expectProblem(answer, 'invalid_request', { errors: expect.any(Array) });
      expect(complaints(answer)).toContain(field);
    });
  }
});

test('logout refuses what it does not know', async ({ client, newPhone }) => {
  const { tokens } = await signIn(client, newPhone());
  for (const body of [{ everywhere: 'yes' }, { everywhere: 1 }, { refresh: 5 }, { surprise: true }, [], 'x', null]) {
    expectProblem(await client.post('/api/auth/logout', body, bearer(tokens.access)), 'invalid_request', {
      errors: expect.any(Array),
    });
  }
  expect((await client.get('/api/me', { headers: bearer(tokens.access) })).status).toBe(200);
});

const routes: Record<string, string[]> = {
  '/api/auth/send-otp': ['POST'],
  '/api/auth/verify-otp': ['POST'],
  '/api/auth/logout': ['POST'],
  '/api/auth/health': ['GET'],
  '/api/health': ['GET'],
  '/health': ['GET'],
  '/api/me': ['GET', 'PATCH', 'DELETE'],
  '/api/me/phone': ['GET', 'POST', 'DELETE'],
  '/api/me/phone/verify': ['POST'],
  '/api/me/export': ['GET'],
  '/api/me/avatar': ['PUT', 'DELETE'],
  '/api/dev/inbox': ['GET'],
  '/api/auth/session': ['GET', 'POST'],
};
for (const [path, allowed] of Object.entries(routes)) {
  test(`${path} refuses other methods and names its own`, async ({ client }) => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((name) => !allowed.includes(name))) {
      const answer = await client.call(method, path, method === 'GET' ? {} : { json: {} });
      expectProblem(answer, 'method_not_allowed');
      for (const name of allowed) expect(answer.headers.allow).toContain(name);
    }
  });
}

test('methods that hardly anyone has heard of are refused everywhere', async ({ client }) => {
  for (const path of [...Object.keys(routes), '/api/nothing', '/auth', '/', '/dashboard', '/no-such-page']) {
    for (const method of ['TRACE', 'PROPFIND', 'MKCOL', 'LOCK', 'REPORT', 'SEARCH', 'PURGE', 'LINK']) {
      await test.step(`${method} ${path}`, async () =>
        expectProblem(await client.call(method, path), 'method_not_allowed'));
    }
  }
});

const authorizations = [
  '',
  'Bearer',
  'Bearer ',
  'Bearer  x',
  'bearer',
  'Basic dXNlcjpwYXNz',
  'Token x',
  'Bearer x',
  'Bearer x.y.z',
  'Bearer ..',
  'Bearer a b c',
  'Bearer null',
  'Bearer undefined',
  'Bearer {}',
  'Bearer "x"',
  'x',
  ':',
  'Digest username="x"',
  'Bearer é',
  'Bearer x,Bearer y',
  'Bearer\tx',
  `Bearer ${'x'.repeat(4_000)}`,
  `Bearer ${'a.'.repeat(500)}`,
  'Bearer eyJhbGciOiJFUzI1NiJ9..',
  'Bearer eyJhbGciOiJub25lIn0.e30.',
  'Bearer %00',
];
test('a malformed Authorization header is 401, also beside a good cookie', async ({ client, newPhone }) => {
  const cookie = await webSession(client, newPhone());
  for (const authorization of authorizations) {
    await test.step(authorization.slice(0, 60), async () => {
      expectProblem(await client.get('/api/me', { headers: { authorization, cookie } }), 'unauthenticated');
    });
  }
});

test('malformed cookies are 401, never more', async ({ client }) => {
  const name = 'next-auth.session-token';
  for (const cookie of [
    '',
    '=',
    ';;;',
    `${name}`,
    `${name}=`,
    `${name}=x`,
    `${name}=%00%ff`,
    `${name}=x.y.z`,
    `${name}="`,
    `${name}=${'x'.repeat(3_000)}`,
  ]) {
    expectProblem(await client.get('/api/me', { headers: { cookie } }), 'unauthenticated');
  }
});

test('headers past what the server reads are refused without harm', async ({ client }) => {
  for (const headers of [
    { 'x-large': 'x'.repeat(20_000) },
    { cookie: `a=${'x'.repeat(20_000)}` },
    bearer('x'.repeat(20_000)),
  ]) {
    const answer = await client.get('/api/me', { headers });
    expect(answer.status).toBe(431);
    expectNothingInternal(answer);
  }
  expect((await client.get('/api/health')).status).toBe(200);
});

test('odd paths and queries never fail', async ({ client }) => {
  const odd = [
    '/%00',
    '/%ff',
    '/%',
    '/auth?x=%ff',
    '/auth/%2e%2e/%2e%2e/etc/passwd',
    '//example.com',
    '/api/me?__proto__[x]=1',
    '/api/dev/inbox?phone=%ff',
    '/api/dev/inbox?phone=1&phone=2',
    '/api/dev/inbox?phone=',
    '/api/dev/inbox?phone=%00',
    '/_next/image?url=x',
    '/_next/data/x.json',
    '/_next/static/../../package.json',
    '/.env',
    '/.env.local',
    '/package.json',
    `/${'a/'.repeat(1_000)}`,
    `/auth?${'a=1&'.repeat(1_000)}`,
  ];
  for (const path of odd) {
    await test.step(path.slice(0, 60), async () => {
      const answer = await client.get(path);
      expect(answer.status).toBeGreaterThanOrEqual(200);
      expect(answer.status).toBeLessThan(500);
      expect(answer.text).not.toMatch(/\bat .+:\d+:\d+|DATABASE_URL|NEXTAUTH_SECRET/);
    });
  }
});

test('a path that can’t be decoded is a client’s fault, not the server’s', async ({ client }) => {
  for (const path of ['/api/avatars/%e0%a4%a', '/api/v2/%ff', '/api/auth/%ff', '/api/%', '/flags/%ff']) {
    await test.step(path, async () => {
      const answer = await client.get(path);
      expect([400, 404]).toContain(answer.status);
    });
  }
});

test('what is no HTTP is refused and does no harm', async ({ client, run }) => {
  const { port } = new URL(run.appUrl);
  const raw = (bytes: string) =>
    new Promise<string>((resolve) => {
      const socket = net.connect(Number(port), 'localhost', () => socket.end(bytes));
      let heard = '';
      socket.setTimeout(5_000, () => socket.destroy());
      socket.on('data', (chunk) => (heard += String(chunk)));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(heard));
    });
  const host = `Host: localhost:${port}\r\n`;
  const requests = [
    'hello\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    `GET http://example.com/api/me HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    `POST /api/auth/send-otp HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`,
    `POST /api/auth/send-otp HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `POST /api/auth/send-otp HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"phone"`,
    `GET /api/me HTTP/1.1\r\n${host}Authorization: a\r\nAuthorization: b\r\nConnection: close\r\n\r\n`,
  ];
  for (const request of requests) expect(await raw(request)).not.toMatch(/^HTTP\/1\.1 5\d\d/);
  expect((await client.get('/api/health')).status).toBe(200);
});

test('no answer to bad input names the software', async ({ client }) => {
  const answers: Answer[] = [
    await client.get('/api/nothing'),
    await client.post('/api/auth/send-otp', {}),
    await client.get('/no-such-page'),
  ];
  for (const { headers } of answers) {
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['x-content-type-options']).toBe('nosniff');
  }
});
