import { forAnyone, methods } from '@/lib/http/endpoint';
import { health, healthResponse } from '@/lib/http/health';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: forAnyone({ handle: async ({ app }) => healthResponse(await health(app)) }),
});
