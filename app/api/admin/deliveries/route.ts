import { refuse } from '@/lib/errors';
import { forAdmin, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: forAdmin({
    async handle({ app, request, signedIn, address }) {
      const phone = request.nextUrl.searchParams.get('phone');
      if (phone === null) {
        return refuse('invalid_request', { errors: [{ path: 'phone', message: 'Name a number: ?phone=' }] });
      }
      const begun = await app.lookUpNumber(signedIn, { phone, address });
      if (!begun.ok) return begun;
      const found = await app.lookedUpDeliveries(signedIn, begun.lookUpId);
      return found.ok ? found.timeline : found;
    },
  }),
});
