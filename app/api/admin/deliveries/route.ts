import { lookUpBody } from '@/lib/admin/request-schema';
import { forAdmin, methods } from '@/lib/http/endpoint';

/** A POST although it changes nothing but the trail: the number must stand in no address. */
export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: forAdmin({
    body: lookUpBody,
    async handle({ app, signedIn, address, body }) {
      const begun = await app.lookUpNumber(signedIn, { phone: body.phone, address });
      if (!begun.ok) return begun;
      const found = await app.lookedUpDeliveries(signedIn, begun.lookUpId);
      return found.ok ? found.timeline : found;
    },
  }),
});
