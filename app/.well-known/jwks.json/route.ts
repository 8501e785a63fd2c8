import { forAnyone, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: forAnyone({
    handle: async ({ app }) =>
      Response.json(app.accessTokens.publicKeys, {
        headers: { 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=300' },
      }),
  }),
});
