import { forAnyone, methods } from '@/lib/http/endpoint';
import { arriveInBrowser } from '@/lib/http/arrive';
import { passkeySignInBody } from '@/lib/passkeys/passkey-schema';
import { passkeyVerifyBuckets } from '@/lib/passkeys/sign-in-with-passkey';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  // The same as `POST /api/auth/passkey/verify`, for our own pages: signs in by the cookie and says where to go on to.
  POST: forAnyone({
    body: passkeySignInBody,
    malformedTakes: passkeyVerifyBuckets,
    async handle({ app, body, address, userAgent }) {
      const { flow, credential: assertion } = body;
      const done = await app.signInWithPasskey({ flow, assertion, kind: 'web', address, userAgent });
      return done.ok ? { success: true, redirect_to: await arriveInBrowser(app, done, address) } : done;
    },
  }),
});
