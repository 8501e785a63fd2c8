import { forSignedIn, methods } from '@/lib/http/endpoint';
import { verifyAddressBuckets } from '@/lib/otp/check-code';
import { verifyPhoneBody } from '@/lib/otp/request-schema';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: forSignedIn({
    body: verifyPhoneBody,
    malformedTakes: verifyAddressBuckets,
    async handle({ app, body, signedIn, address }) {
      const { phone, otp: code, old_number_lost: oldNumberLost = false } = body;
      const done = await app.confirmPhoneChange(signedIn, { phone, code, oldNumberLost, address });
      if (!done.ok) {
        return done;
      }
      return 'user' in done
        ? { success: true, message: 'Phone number changed', user: done.user }
        : {
            success: true,
            message: 'Your number will change after a time in which the old one can object',
            effective_at: done.effectiveAt.toISOString(),
          };
    },
  }),
});
