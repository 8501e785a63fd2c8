import { forSignedIn, methods } from '@/lib/http/endpoint';
import { verifyAddressBuckets } from '@/lib/otp/check-code';
import { proofBody } from '@/lib/otp/request-schema';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: forSignedIn({
    body: proofBody,
    malformedTakes: verifyAddressBuckets,
    async handle({ app, signedIn, body, address }) {
      const confirmed = await app.confirmIdentity(signedIn, { code: body.otp, address });
      return confirmed.ok
        ? { success: true, message: 'Confirmed', expires_in_seconds: confirmed.freshForSeconds }
        : confirmed;
    },
  }),
});
