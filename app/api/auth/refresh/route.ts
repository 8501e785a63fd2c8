import { forAnyone, methods } from '@/lib/http/endpoint';
import { tokenPair } from '@/lib/http/token-pair';
import { refreshBody } from '@/lib/sessions/request-schema';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: forAnyone({
    body: refreshBody,
    async handle({ app, body, address }) {
      const refreshed = await app.refreshSession({ token: body.refresh, address });
      return refreshed.ok ? tokenPair(app, refreshed) : refreshed;
    },
  }),
});
