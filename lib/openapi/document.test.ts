import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { errorTable } from '../errors';
import { areas } from './areas';
import { referenceOf } from './reference';
import { refusalsOf } from './refusals';
import { document, faultOf, undescribed } from './testing/described';
import { routePaths } from './testing/route-files';

/** Of these, what matters is described by its own path, or there is nothing to describe. */
const CATCH_ALL = ['/api/{path*}', '/api/auth/{nextauth+}', '/api/method-not-allowed'];
const isNextAuth = (path: string) => /^\/api\/auth\/(csrf|providers|session|signout|callback\/otp)$/.test(path);
const bare = (path: string) => path.replace(/(.)\/$/, '$1').replaceAll(/\{[^}]+\}/g, '{}');

type Media = { schema?: unknown; example?: unknown; examples?: Record<string, { value: unknown }> };
type Content = Record<string, Media>;
type Operation = {
  operationId: string;
  requestBody?: { content: Content };
  responses: Record<string, { content?: Content }>;
};
const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({ path, method, operation })),
);

describe('the description of the API', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document) as never);
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(document.openapi).toBe('3.1.0');
  });

  it('has every address that a route file answers, and no other', () => {
    const routes = routePaths().filter((path) => !CATCH_ALL.includes(path));
    const described = Object.keys(document.paths ?? {}).filter((path) => !isNextAuth(path));
    expect([...new Set(described.map(bare))].sort()).toEqual([...new Set(routes.map(bare))].sort());
  });

  it('names each call once', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const calls = areas.flatMap(({ calls }) =>
      calls.flatMap(({ method, path, aliases = [] }) => [path, ...aliases].map((at) => `${method} ${at}`)),
    );
    expect(calls).toHaveLength(operations.length);
  });

  it.each(operations)('has examples of $method $path that fit their schemas', ({ path, method, operation }) => {
    const bodies: [string[], Content][] = Object.entries(operation.responses).flatMap(([status, { content }]) =>
      content ? [[['responses', status, 'content'], content] as [string[], Content]] : [],
    );
    if (operation.requestBody) bodies.push([['requestBody', 'content'], operation.requestBody.content]);
    for (const [place, content] of bodies) {
      for (const [type, { example, examples = {} }] of Object.entries(content)) {
        const values = [
          ...(example === undefined ? [] : [example]),
          ...Object.values(examples).map(({ value }) => value),
        ];
        if (/json|form/.test(type)) expect(values.length, `${place.join(' ')} ${type}`).toBeGreaterThan(0);
        for (const value of values) expect(faultOf(value, 'paths', path, method, ...place, type, 'schema')).toBeNull();
      }
    }
  });

  it('takes what the routes take: its examples pass the schemas they parse with', () => {
    for (const { calls } of areas) {
      for (const { request, path } of calls) {
        if (request?.example !== undefined)
          expect(request.schema.safeParse(request.example).error, path).toBeUndefined();
      }
    }
  });

  it('says of a dialect’s refusals what that dialect says, and that tokens sign its clients out', () => {
    const { post } = document.paths?.['/api/users/logout/'] as { post: Operation & { security: object[] } };
    const examples = post.responses['401']?.content?.['application/json']?.examples;
    expect(examples?.token_revoked?.value).toMatchObject({
      message: 'You have been logged out. Please sign in again.',
    });
    expect(post.security).toEqual([{ bearer: [] }, { cookie: [] }]);
    const hub = referenceOf(areas, document).find(({ name }) => name === 'Hub');
    const shown = hub?.calls.flatMap(({ refusals }) => refusals).find(({ code }) => code === 'token_revoked');
    expect(shown?.message).toBe('You have been logged out. Please sign in again.');
  });

  it('says `too_many_requests` of the calls that have a limit, and of no other', () => {
    for (const call of areas.flatMap(({ calls }) => calls)) {
      const limits = call.limits ?? [];
      expect(refusalsOf(call).includes('too_many_requests'), `${call.method} ${call.path}`).toBe(limits.length > 0);
    }
  });

  it('has each refusal there is at some call, but the reserved one at none', () => {
    const text = JSON.stringify(operations.map(({ operation }) => Object.values(operation.responses)));
    const told = Object.keys(errorTable).filter((code) =>
      text.includes(`"value":{"type":"urn:latchkey:error:${code}"`),
    );
    const everywhere = ['method_not_allowed'];
    const reserved = ['profile_required'];
    expect([...told, ...everywhere, ...reserved].sort()).toEqual(Object.keys(errorTable).sort());
  });
});

describe('undescribed', () => {
  const json = (status: number, body: unknown, type = 'application/json') => ({
    status,
    headers: { 'content-type': type },
    text: JSON.stringify(body),
  });
  const health = { status: 'ok', database: 'ok', version: '1' };

  it('lets through what the description tells of, and pages', () => {
    expect(undescribed('GET', '/api/health/', json(200, health))).toBeNull();
    expect(undescribed('HEAD', '/health', { status: 200, headers: {}, text: '' })).toBeNull();
    expect(undescribed('GET', '/auth', { status: 200, headers: {}, text: '<html>' })).toBeNull();
  });

  it('tells of another field, status, media type, path, method and code', () => {
    expect(undescribed('GET', '/api/health', json(200, { ...health, more: 1 }))).toContain('additional properties');
    expect(undescribed('GET', '/api/health', json(201, health))).toContain('does not describe 201');
    expect(undescribed('GET', '/api/health', json(200, health, 'text/plain'))).toContain('text/plain');
    expect(undescribed('GET', '/api/other', json(200, {}))).toContain('is not described');
    expect(undescribed('POST', '/api/health', json(200, health))).toContain('is not described');
    const problem = document.paths?.['/api/me']?.get?.responses?.['401'] as { content: Content };
    const examples = problem.content['application/problem+json']?.examples ?? {};
    const known = examples.unauthenticated?.value as object;
    const type = 'application/problem+json';
    expect(undescribed('GET', '/api/me', json(401, known, type))).toBeNull();
    expect(undescribed('GET', '/api/me', json(401, { ...known, code: 'refresh_reused' }, type))).toContain('code');
  });
});
