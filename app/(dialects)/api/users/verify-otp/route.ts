import { hubRefusals, loggedIn, profileOf, verifyOtp } from '@/lib/dialects/hub';
import { forAnyone, methods } from '@/lib/http/endpoint';
import { tokenPair } from '@/lib/http/token-pair';
import { verifyAddressBuckets } from '@/lib/otp/check-code';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods(
  {
    POST: forAnyone({
      body: verifyOtp.request.schema,
      malformedTakes: verifyAddressBuckets,
      async handle({ app, body, address, userAgent }) {
        const { phone, otp: code } = body;
        const client = { address, userAgent };
        const verified = await app.verifyCode({ phone, code, profile: profileOf(body), kind: 'api', ...client });
        if (!verified.ok) return verified;
        return loggedIn(verified, await tokenPair(app, verified));
      },
    }),
  },
  hubRefusals.render,
);
