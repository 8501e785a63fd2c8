import { Validator } from '@seriousme/openapi-schema-validator';
import { document as described } from '@/lib/openapi/testing/described';
import packageJson from '../../package.json' with { type: 'json' };
import { expect, test } from '../fixtures/test';

type Document = { openapi: string; info: { version: string }; servers: unknown; paths: Record<string, object> };

test('the API describes itself, validly, and sends the description only where it changed', async ({ client, run }) => {
  const answer = await client.get('/api/openapi.json');
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-cache' });
  const document = answer.json<Document>();
  expect(document.paths).toEqual(JSON.parse(JSON.stringify(described.paths)));
  expect(document.info.version).toBe(packageJson.version);
  expect(document.servers).toEqual([{ url: run.appUrl }]);
  expect((await new Validator().validate(document as never)).valid).toBe(true);
  const { etag } = answer.headers;
  for (const known of [etag, `W/${etag}`, `"x", ${etag}`]) {
    const again = await client.get('/api/openapi.json', { headers: { 'if-none-match': known } });
    expect([again.status, again.text]).toEqual([304, '']);
  }
  expect((await client.get('/api/openapi.json', { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
});

test('every address answers the methods that the description has for it, and no others', async ({ client }) => {
  for (const [path, item] of Object.entries(described.paths ?? {})) {
    if (/^\/api\/auth\/(csrf|providers|session|signout|callback\/otp)$/.test(path)) continue;
    const answer = await client.call('OPTIONS', path.replaceAll(/\{[^}]+\}/g, 'x'));
    const allowed = String(answer.headers.allow).split(', ');
    const methods = Object.keys(item as object).map((method) => method.toUpperCase());
    await test.step(path, () =>
      expect(allowed.filter((method) => method !== 'HEAD' && method !== 'OPTIONS').sort()).toEqual(methods.sort()),
    );
  }
});

test('the addresses of other references lead to ours', async ({ client }) => {
  for (const path of ['/api/docs', '/redoc', '/api/docs/', '/redoc/']) {
    const answer = await client.get(path);
    expect([answer.status, answer.headers.location], path).toEqual([307, '/docs']);
  }
  expect((await client.get('/docs')).status).toBe(200);
});
