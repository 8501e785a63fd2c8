import net from 'node:net';
import { gzipSync } from 'node:zlib';
import { type Answer, bearer, type Call } from '../fixtures/http-client';
import { startSeparateApp } from '../fixtures/separate-app';
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

    test('refuses JSON in another encoding than UTF-8, or packed', async ({ newClient }) => {
      const text = JSON.stringify({ phone: '+918123456789', otp: '123456' });
      for (const charset of [
        'utf-16',
        'utf-16le',
        'utf-7',
        'iso-8859-1',
        '"latin1"',
        'utf-8x',
        '',
        'UTF-32; charset=utf-8',
      ]) {
        const type = `application/json; charset=${charset}`;
        expectProblem(await newClient().call('POST', path, post(text, type)), 'unsupported_media_type');
      }
      // A few bytes that would be a gigabyte: nothing unpacks them.
      const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024, '['));
      for (const encoding of ['gzip', 'GZIP', 'br', 'deflate', 'zstd', 'gzip, gzip', 'identity, gzip', 'x']) {
        const headers = { 'content-type': json, 'content-encoding': encoding };
        expectProblem(await newClient().call('POST', path, { headers, body: bomb }), 'unsupported_media_type');
      }
    });

    test('refuses a field that is given twice, however its name is written', async ({ newClient }) => {
      for (const body of [
        '{"phone":"+918123456789","phone":"+918123456780"}',
        String.raw`{"phone":"+918123456789","ph\u006fne":"+918123456780"}`,
        '{"phone":"+918123456789","otp":"123456","otp":"123456"}',
        '{"phone":{"a":1,"a":2}}',
      ]) {
        const answer = await newClient().call('POST', path, post(body));
        expectProblem(answer, 'invalid_request');
        expect(complaints(answer)).toEqual([]);
      }
    });

    test('refuses an array or an object for every text, and every number there is', async ({ newClient }) => {
      for (const value of [
        '[]',
        '{}',
        '[["+918123456789"]]',
        '{"length":13}',
        '1e308',
        '1e999',
        '-0',
        '9'.repeat(400),
      ]) {
        const answer = await newClient().call('POST', path, post(`{"phone":${value},"otp":${value}}`));
        expectProblem(answer, 'invalid_request', { errors: expect.any(Array) });
        expect(complaints(answer)).toContain('phone');
      }
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
      for (const depth of [19, 20, 1_000, 8_000]) {
        const answer = await client.call('POST', path, post(`{"phone":${'['.repeat(depth)}${']'.repeat(depth)}}`));
        expectProblem(answer, 'invalid_request', depth < 20 ? { errors: expect.any(Array) } : {});
      }
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
  ['/api/auth/send-otp', '{"phone":"+918123456789","locale":"en_US"}', 'locale'],
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

test('a path that can’t be decoded, or is that of a page about our own faults, is a client’s fault, not the server’s', async ({
  client,
}) => {
  for (const path of [
    ...['/api/avatars/%e0%a4%a', '/api/v2/%ff', '/api/auth/%ff', '/api/%', '/flags/%ff'],
    ...['/_global-error', '/x/../_global-error/'],
  ]) {
    await test.step(path, async () => {
      const answer = await client.get(path);
      expect([400, 404]).toContain(answer.status);
    });
  }
});

/** Numbers and codes that look right to a person, or to a lenient reader. */
const unicode = {
  'a lone surrogate': '+9181234567\ud83489',
  'a lone low surrogate': '\udc00+918123456789',
  'a NUL': '+918123456789\u0000',
  'a line separator in the middle of nowhere': '\u2028',
  'a replacement character': '+91812345678\ufffd',
  'letters for digits': '+9l8I2345678O',
  'Cyrillic and Greek letters': '+91 8123456789ο',
  'circled digits above nine': '+91812345678⑩',
  'Roman numerals': '+91812345678Ⅸ',
  'a fraction': '+91812345678½',
  'an emoji': '+91812345678😀',
  'a combining accent': '+918123456789\u0301',
  'a variation selector among letters': 'abc\ufe0f',
  tags: '\u{e0001}\u{e0041}',
};
test('no character there is makes a number out of what is none, or fails', async ({ newClient }) => {
  for (const [name, phone] of Object.entries(unicode)) {
    await test.step(name, async () => {
      const answer = await newClient().post('/api/auth/send-otp', { phone });
      expect(answer.status, answer.text).toBe(400);
      expect(['invalid_phone', 'invalid_request']).toContain(answer.json().code);
    });
  }
});

test('digits of any script and what can’t be seen come to the same number, and so to the same limits', async ({
  newClient,
  newPhone,
}) => {
  const phone = newPhone();
  const digits = (zero: number) =>
    [...phone].map((sign) => (/\d/.test(sign) ? String.fromCodePoint(zero + Number(sign)) : sign)).join('');
  const written = [
    digits(0xff10),
    digits(0x966),
    digits(0x660),
    digits(0x1d7ce),
    `\u202d${phone}\u202c`,
    `\u2066${phone}\u2069`,
    [...phone].join('\u200b'),
    [...phone].join('\u200d'),
    `\ufeff${phone}`,
    [...phone].join('\u00ad'),
    phone.replace('+', '＋'),
    [...phone].join('\u00a0'),
    [...phone.slice(0, 5), '\u2011', ...phone.slice(5)].join(''),
  ];
  expect((await newClient().post('/api/auth/send-otp', { phone })).json()).toMatchObject({ phone });
  for (const typed of written) {
    const answer = await newClient().post('/api/auth/send-otp', { phone: typed });
    await test.step(JSON.stringify(typed), () => expect(answer.json()).toMatchObject({ code: 'resend_too_soon' }));
  }
});

test('a body that stops half-way is given up, and holds up nobody meanwhile', async ({ client, run }) => {
  test.setTimeout(60_000);
  const { port } = new URL(run.appUrl);
  const began = performance.now();
  const slow = Array.from(
    { length: 60 },
    () =>
      new Promise<string>((resolve) => {
        const socket = net.connect(Number(port), 'localhost');
        socket.write(
          `POST /api/auth/send-otp HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n{"phone":`,
        );
        socket.once('data', (chunk) => {
          resolve(String(chunk));
          socket.destroy();
        });
        socket.on('error', () => resolve('cut off'));
      }),
  );
  for (let asked = 0; asked < 20; asked += 1) expect((await client.get('/api/health')).status).toBe(200);
  expect(performance.now() - began, 'the slow ones are still at it').toBeLessThan(9_000);
  for (const heard of await Promise.all(slow)) {
    expect(heard).toMatch(/^HTTP\/1\.1 4(00|29) /);
  }
  expect(performance.now() - began).toBeLessThan(20_000);
});

test('whoever hangs up inside a body leaves no fault of ours in the log', async () => {
  test.setTimeout(60_000);
  const app = await startSeparateApp({ LOG_LEVEL: 'debug' });
  try {
    const { port } = new URL(app.url);
    const hangUp = async (path: string, headers: string) => {
      const socket = net.connect(Number(port), 'localhost');
      const begun = `POST ${path} HTTP/1.1\r\nHost: localhost:${port}\r\n${headers}\r\nContent-Length: 40\r\n\r\n{"phone":`;
      await new Promise((written) => socket.write(begun, written));
      // Answered means: what came before it on another connection has been taken up as well.
      expect((await fetch(`${app.url}/api/health`)).status).toBe(200);
      socket.destroy();
    };
    await hangUp('/auth', 'Next-Action: 40\r\nContent-Type: text/plain');
    await hangUp('/api/auth/callback/otp', 'Content-Type: application/json');
    await hangUp('/api/auth/send-otp', 'Content-Type: application/json');
    const refused = (path: string) =>
      app
        .log()
        .split('\n')
        .filter((line) => line.includes(`"path":"${path}"`));
    await expect.poll(() => refused('/api/auth/send-otp').length).toBe(1);
    await expect.poll(() => refused('/api/auth/callback').length).toBe(1);
    expect(app.log()).toContain('"code":"invalid_request"');
    expect(app.log()).not.toMatch(/"level":[56]0|ECONNRESET|aborted|\n\s+at /);
  } finally {
    await app.stop();
  }
});

test('what is no HTTP is refused and does no harm', async ({ client, run }) => {
  const { port } = new URL(run.appUrl);
  const raw = (bytes: string, staysOpen = false) =>
    new Promise<string>((resolve) => {
      const socket = net.connect(Number(port), 'localhost', () =>
        staysOpen ? socket.write(bytes) : socket.end(bytes),
      );
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
    `POST /api/auth/send-otp HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`,
    `POST /api/auth/send-otp HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `POST /api/auth/send-otp HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"phone"`,
    `GET /api/me HTTP/1.1\r\n${host}Authorization: a\r\nAuthorization: b\r\nConnection: close\r\n\r\n`,
  ];
  for (const request of requests) expect(await raw(request)).not.toMatch(/^HTTP\/1\.1 5\d\d/);
  // Nothing is upgraded, and whoever offers it is answered as if they had not.
  for (const protocol of ['websocket', 'h2c']) {
    const offer = `Connection: Upgrade, close\r\nUpgrade: ${protocol}\r\nSec-WebSocket-Key: x\r\n`;
    expect(await raw(`GET /api/health HTTP/1.1\r\n${host}${offer}\r\n`, true)).toMatch(/^HTTP\/1\.1 200 /);
  }
  // A target with scheme and host means the same as one without.
  for (const target of ['http://example.com/api/me', `HTTP://localhost:${port}/api/me?x`]) {
    expect(await raw(`GET ${target} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 401 /);
  }
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
