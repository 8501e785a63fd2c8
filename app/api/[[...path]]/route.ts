import { refuse } from '@/lib/errors';
import { forAnyone, methods } from '@/lib/http/endpoint';

// Whatever no other route under /api answers.
const nothing = forAnyone({ handle: async () => refuse('not_found') });

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: nothing,
  POST: nothing,
  PUT: nothing,
  PATCH: nothing,
  DELETE: nothing,
});
