import { loggedIn, loopRefusals, verifyLogin } from '@/lib/dialects/loop';
import { forAnyone, methods } from '@/lib/http/endpoint';
import { verifyAddressBuckets } from '@/lib/otp/check-code';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods(
  {
    POST: forAnyone({
      body: verifyLogin.request.schema,
      malformedTakes: verifyAddressBuckets,
      async handle({ app, body: { phone_number: phone, otp_code: code }, address, userAgent }) {
        const client = { kind: 'api', accessTokenOnly: true, address, userAgent } as const;
        const signedIn = await app.verifyCode({ phone, code, ...client });
        if (!signedIn.ok) return signedIn;
        return loggedIn(signedIn.user, await app.accessTokens.sign(signedIn.user.id, signedIn.sessionId));
      },
    }),
  },
  loopRefusals.render,
);
