import { hubRefusals, hubTokens, refresh } from '@/lib/dialects/hub';
import { forAnyone, methods } from '@/lib/http/endpoint';
import { tokenPair } from '@/lib/http/token-pair';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods(
  {
    POST: forAnyone({
      body: refresh.request.schema,
      async handle({ app, body, address }) {
        const refreshed = await app.refreshSession({ token: body.refresh, address });
        return refreshed.ok ? hubTokens(await tokenPair(app, refreshed)) : refreshed;
      },
    }),
  },
  hubRefusals.render,
);
