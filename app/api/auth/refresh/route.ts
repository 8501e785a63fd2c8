import { z } from 'zod';
import { forAnyone, methods } from '@/lib/http/endpoint';
import { tokenPair } from '@/lib/http/token-pair';

const refreshBody = z.strictObject({ refresh: z.string().min(1).max(512) });

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: forAnyone({
    body: refreshBody,
    async handle({ app, body, address }) {
      const refreshed = await app.refreshSession({ token: body.refresh, address });
      return refreshed.ok ? tokenPair(app, refreshed) : refreshed;
    },
  }),
});
