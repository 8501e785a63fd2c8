import { fastRefusals, verified, verifyOtp } from '@/lib/dialects/fast';
import { endReplaced, knownSession, ownCookieValue } from '@/lib/http/credentials';
import { forAnyone, methods } from '@/lib/http/endpoint';
import { signedInResponse } from '@/lib/http/session-cookies';
import { tokenPair } from '@/lib/http/token-pair';
import { verifyAddressBuckets } from '@/lib/otp/check-code';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods(
  {
    POST: forAnyone({
      body: verifyOtp.request.schema,
      malformedTakes: verifyAddressBuckets,
      async handle({ app, request, body: { phone_number: phone, otp: code }, address, userAgent }) {
        const cookie = ownCookieValue(app, request);
        const known = await knownSession(app, cookie);
        const signedIn = await app.verifyCode({ phone, code, kind: 'api', address, userAgent, knownSession: known });
        if (!signedIn.ok) return signedIn;
        await endReplaced(app, cookie, address);
        const tokens = await tokenPair(app, signedIn);
        return signedInResponse(app, signedIn.sessionId, verified(signedIn.user, tokens));
      },
    }),
  },
  fastRefusals.render,
);
