import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { Client } from '../fixtures/http-client';
import { expectNothingInternal } from '../fixtures/shapes';
import { signIn, webSession } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

// Every route there is, asked for whatever there is to ask, of a real server. It may refuse all of it; it may not fail.

const routes = fs
  .readdirSync('app', { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'route.ts')
  .map((file) => `/${path.dirname(file).replaceAll(path.sep, '/')}`);

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];
const FIELDS = [
  ...[
    'phone',
    'otp',
    'code',
    'name',
    'channel',
    'locale',
    'challenge_id',
    'refresh',
    'everywhere',
    'first_name',
    'last_name',
  ],
  ...[
    'email',
    'bio',
    'birth_date',
    'avatar_url',
    'time_zone',
    'old_number_lost',
    'ids',
    'csrfToken',
    'callbackUrl',
    'json',
  ],
  ...['__proto__', 'constructor', 'purpose', 'confirm'],
];

/** What a header's value or a path may hold, byte by byte. */
const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 30,
});
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom<unknown>(
    '+918123456789',
    '123456',
    '',
    '\u0000',
    '\ud800',
    null,
    [],
    {},
    true,
    1e308,
    'sms',
    '01890a5d-ac96-774b-bcce-b302099a8057',
    "'; drop table users; --",
    '${7*7}',
    '../../etc/passwd',
    '%00',
    'https://evil.example',
    '//evil.example',
  ),
);
const json = fc
  .array(
    fc.tuple(
      fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...FIELDS) }, { weight: 1, arbitrary: fc.string() }),
      value,
    ),
    { maxLength: 5 },
  )
  .map((members) => `{${members.map(([name, each]) => `${JSON.stringify(name)}:${JSON.stringify(each)}`).join(',')}}`);
const body = fc.oneof(
  { weight: 5, arbitrary: json },
  { weight: 2, arbitrary: fc.json() },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
);
const type = fc.oneof(
  { weight: 6, arbitrary: fc.constant('application/json') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'multipart/form-data',
      'text/plain',
      'image/png',
      'application/json; charset=utf-16',
      'x',
      '',
    ),
  },
  { weight: 1, arbitrary: visible },
);
const extra = fc.dictionary(
  fc.constantFrom(
    'accept',
    'accept-language',
    'cookie',
    'if-none-match',
    'range',
    'x-twilio-signature',
    'x-forwarded-host',
    'next-action',
    'rsc',
    'user-agent',
    'referer',
    'content-encoding',
    'x-client',
  ),
  visible,
  { maxKeys: 3 },
);
const request = fc.record({
  route: fc.constantFrom(...routes),
  method: fc.constantFrom(...METHODS),
  /** In place of each [name] of a route. */
  segment: fc.oneof(
    fc.constantFrom('x', '%00', '%ff', '..%2f..', '01890a5d-ac96-774b-bcce-b302099a8057', 'IN', "1'--", 'constructor'),
    visible.map(encodeURIComponent),
  ),
  query: fc.oneof(
    fc.constant(''),
    fc
      .tuple(
        fc.constantFrom(...FIELDS, 'error', 'state'),
        fc.oneof(
          visible,
          fc
            .string({ maxLength: 20 })
            .filter((text) => text.isWellFormed())
            .map(encodeURIComponent),
        ),
      )
      .map(([name, each]) => `?${name}=${each.replace(/[^!-~]|#/g, '')}`),
  ),
  who: fc.constantFrom('nobody', 'bearer', 'cookie', 'spoilt'),
  body,
  type,
  extra,
});

const RUNS = 350;

test(`of ${RUNS} requests of any kind to any route none makes the server fail, or tells of its insides`, async ({
  run,
  newAddress,
  newPhone,
}) => {
  test.setTimeout(120_000);
  expect(routes.length).toBeGreaterThan(25);
  const signer = new Client(run.appUrl, newAddress());
  const { tokens } = await signIn(signer, newPhone());
  const cookie = await webSession(signer, newPhone());
  const credentials = {
    nobody: {},
    bearer: { authorization: `Bearer ${tokens.access}` },
    cookie: { cookie, origin: run.appUrl },
    spoilt: { authorization: `Bearer ${tokens.access.slice(0, -3)}` },
  };
  const asked = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      request,
      async ({ route, method, segment, query, who, body: sent, type: mediaType, extra: more }) => {
        const client = new Client(run.appUrl, newAddress());
        client.heldToDescription = false;
        const at = `${route.replace(/\[+(\.\.\.)?\w+\]+/g, () => segment || 'x')}${query}`;
        const bare = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
        const headers = { ...more, ...(bare ? {} : { 'content-type': mediaType }), ...credentials[who] };
        const answer = await client.call(method, at, { headers, ...(bare ? {} : { body: sent }) });
        client.close();
        asked.add(route);
        expect(answer.status, `${method} ${at}: ${answer.text.slice(0, 200)}`).toBeLessThan(500);
        // The description is the same text for everybody, and speaks of choosing from lists.
        if (route !== '/api/openapi.json') expectNothingInternal(answer);
        expect(answer.headers['content-security-policy'], at).toBeDefined();
        if (answer.headers['content-type'] === 'application/problem+json' && method !== 'HEAD') {
          expect(answer.json()).toMatchObject({ status: answer.status, success: false });
        }
      },
    ),
    { numRuns: RUNS },
  );
  expect(asked.size).toBeGreaterThan(routes.length / 2);
  const answer = await signer.get('/api/health');
  expect(answer.status).toBe(200);
  signer.close();
});
