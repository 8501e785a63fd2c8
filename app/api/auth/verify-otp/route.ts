import { knownSession, ownCookieValue } from '@/lib/http/credentials';
import { forAnyone, methods } from '@/lib/http/endpoint';
import { signedInAnswer } from '@/lib/http/signed-in-answer';
import { verifyOtpBody } from '@/lib/otp/request-schema';
import { verifyAddressBuckets } from '@/lib/otp/check-code';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: forAnyone({
    body: verifyOtpBody,
    malformedTakes: verifyAddressBuckets,
    async handle({ app, request, body, address, userAgent }) {
      const verified = await app.verifyCode({
        phone: body.phone,
        code: body.otp,
        challengeId: body.challenge_id,
        profile: { firstName: body.first_name, lastName: body.last_name, email: body.email },
        kind: 'api',
        address,
        userAgent,
        knownSession: await knownSession(app, ownCookieValue(app, request)),
      });
      return verified.ok ? signedInAnswer(app, verified) : verified;
    },
  }),
});
