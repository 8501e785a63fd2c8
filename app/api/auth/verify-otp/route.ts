import { knownSession, sessionCookieValue } from '@/lib/http/credentials';
import { forAnyone, methods } from '@/lib/http/endpoint';
import { tokenPair } from '@/lib/http/token-pair';
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
        knownSession: await knownSession(app, sessionCookieValue(app, request.cookies)),
      });
      if (!verified.ok) {
        return verified;
      }
      return {
        success: true,
        message: verified.created ? 'Account created' : 'Login successful',
        created: verified.created,
        needs_profile_completion: verified.user.needs_profile_completion,
        user: verified.user,
        tokens: await tokenPair(app, { ...verified, userId: verified.user.id }),
      };
    },
  }),
});
