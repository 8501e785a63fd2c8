import { refuse } from '@/lib/errors';
import { forVendor, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: forVendor(async ({ app, request, rawBody }) => {
    const body = await rawBody();
    if (!body) {
      return refuse('payload_too_large');
    }
    const taken = await app.receiveTwilioReceipt({
      signature: request.headers.get('x-twilio-signature'),
      search: new URL(request.url).search,
      rawBody: body,
    });
    return taken.ok ? { success: true } : taken;
  }),
});
