import { forAnyone, methods } from '@/lib/http/endpoint';
import { descriptionResponse } from '@/lib/http/openapi';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: forAnyone({
    handle: async ({ app, request }) => descriptionResponse(app, request.headers.get('if-none-match')),
  }),
});
