import { forVendor, methods } from '@/lib/http/endpoint';
import { exactAddressOf } from '@/lib/http/front-door';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: forVendor(async ({ app, request, params, rawBody }) => {
    const taken = await app.receivePlaymobileReceipts({
      secret: String(params.secret),
      peer: exactAddressOf(request.headers),
      rawBody,
    });
    return taken.ok ? { success: true } : taken;
  }),
});
