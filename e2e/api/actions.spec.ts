import fs from 'node:fs';
import path from 'node:path';
import { formOf, formType } from '@/lib/http/testing/form-body';
import { expectNoted } from '../fixtures/server-log';
import { expectProblem } from '../fixtures/shapes';
import { expect, test } from '../fixtures/test';
import { BUILD_FOLDER } from '../stack/build';

// Server actions are a way in like any other: what our pages would never send is a client's fault, never a 500.

const ID = '40'.repeat(21);
const asText = { 'next-action': ID, 'content-type': 'text/plain;charset=UTF-8' };

test('a call from a page elsewhere is refused before any page is made, and the log says who tried', async ({
  client,
  run,
}) => {
  const headers = { ...asText, origin: 'https://evil.example' };
  const answer = await client.call('POST', '/auth', { body: '[{}]', headers });
  expectProblem(answer, 'origin_not_allowed');
  await expectNoted(run, answer, { path: '/auth', code: 'origin_not_allowed', address: client.address });
});

test('malformed calls of a server action are refused before they are decoded', async ({ client }) => {
  const bodies = [
    '',
    'xyz',
    '5',
    'null',
    '{}',
    '[]',
    '["$1:a:b"]',
    '["$Q1"]',
    '["$B1"]',
    '[{"phone":"$n99"}]',
    '[{"phone":5}]',
    `${'['.repeat(5_000)}`,
    '[1,2]',
  ];
  for (const body of bodies) {
    await test.step(body.slice(0, 30), async () => {
      const answer = await client.call('POST', '/auth', { body, headers: asText });
      expect([answer.status, answer.json<{ code: string }>().code]).toEqual([400, 'invalid_request']);
    });
  }
});

test('calls of a server action that are too large or of another type are refused', async ({ client }) => {
  const large = await client.call('POST', '/auth', { body: `[{"phone":"${'1'.repeat(20_000)}"}]`, headers: asText });
  expect(large.status).toBe(413);
  const json = await client.call('POST', '/auth', {
    body: '[]',
    headers: { ...asText, 'content-type': 'application/json' },
  });
  expect(json.status).toBe(415);
});

test('forms that no page of ours wrote never fail the server', async ({ client }) => {
  // There is nothing at the second address, so nothing is said of its answer.
  client.heldToDescription = false;
  const bodies = [
    '',
    'garbage',
    '--of-the-form\r\n',
    formOf({ $ACTION_ID_zz: '' }),
    formOf({ $ACTION_REF_1: '' }),
    formOf({ '$ACTION_1:0': '{"id":"x","bound":"$@1"}' }),
    formOf({ a: 'b' }),
  ];
  for (const body of bodies) {
    for (const headers of [{ 'content-type': formType }, { 'content-type': formType, 'next-action': ID }]) {
      for (const page of ['/auth', '/.well-known/nothing']) {
        await test.step(`${page} ${Object.keys(headers).length} ${body.slice(0, 60)}`, async () => {
          const answer = await client.call('POST', page, { body, headers });
          expect(answer.status).toBeLessThan(500);
        });
      }
    }
  }
});

type Manifest = { node: Record<string, { workers: Record<string, unknown> }> };
/** Every action of the build, with the pages that have it. */
const actions = () => {
  const manifest = fs.readFileSync(path.join(BUILD_FOLDER, 'server', 'server-reference-manifest.json'), 'utf8');
  return Object.entries((JSON.parse(manifest) as Manifest).node).map(([id, { workers }]) => ({
    id,
    pages: Object.keys(workers).map((name) => name.replace(/^app|\/page$/g, '')),
  }));
};

test('real actions, called with what no page of ours sends, never fail the server, wherever they are asked for', async ({
  newClient,
}) => {
  test.setTimeout(60_000);
  const fields: Record<string, string>[] = [
    { '0': 'garbage' },
    { '0': '["$F1"]' },
    { '0': '["$1:a:b"]' },
    { '0': '["$K1"]' },
    { '0': '[1,2,3]' },
    { '0': '[]' },
    {},
  ];
  const known = actions();
  expect(known.length).toBeGreaterThan(10);
  for (const { id, pages } of known) {
    const client = newClient();
    for (const page of [pages[0] ?? '', '/docs', '/flags/QQ', '/logo.svg']) {
      const calls = [
        { headers: { 'next-action': id, 'content-type': 'text/plain' }, body: '[{}]' },
        ...fields.map((given) => ({
          headers: { 'next-action': id, 'content-type': formType },
          body: formOf(given),
        })),
        ...[`$ACTION_ID_${id}`, '$ACTION_REF_1'].map((name) => ({
          headers: { 'content-type': formType },
          body: formOf({ [name]: '', '$ACTION_1:0': `{"id":"${id}","bound":"$@1"}`, '$ACTION_1:1': '[1,2,3]' }),
        })),
        { headers: { 'content-type': formType }, body: formOf({ [`$ACTION_ID_${id}`]: '' }) },
      ];
      for (const call of calls) {
        const answer = await client.call('POST', page, { ...call, headers: { ...call.headers, origin: client.url } });
        await test.step(`${page} ${id.slice(0, 6)} ${call.body.slice(0, 60)}`, () =>
          expect(answer.status, answer.text.slice(0, 200)).toBeLessThan(500));
      }
      const [call] = calls;
      const foreign = { ...call?.headers, origin: 'https://evil.example' };
      expect((await client.call('POST', page, { ...call, headers: foreign })).status, page).toBeLessThan(500);
    }
    client.close();
  }
});

test('nothing but reading may be done to a file', async ({ client }) => {
  for (const file of [
    '/logo.svg',
    '/logo-512.png',
    '/flags/IN',
    '/flags/QQ',
    '/_next/static/nothing.js',
    '/favicon.ico',
    // Next looks files up by the path as it is without these.
    '/./logo.svg',
    '/x/../logo.svg',
    '/x/.%2E/logo.svg',
    '/x/..\\logo.svg',
    '/logo.svg#x',
    // And without a slash at their end.
    '/logo.svg/',
    '/logo.svg/.',
  ]) {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect((await client.call(method, file)).status, `${method} ${file}`).toBe(405);
    }
  }
});
