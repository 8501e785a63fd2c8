import { forAnyone, methods } from '@/lib/http/endpoint';
import { signedInAnswer } from '@/lib/http/signed-in-answer';
import { passkeySignInBody } from '@/lib/passkeys/passkey-schema';
import { passkeyVerifyBuckets } from '@/lib/passkeys/sign-in-with-passkey';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: forAnyone({
    body: passkeySignInBody,
    malformedTakes: passkeyVerifyBuckets,
    async handle({ app, body, address, userAgent }) {
      const { flow, credential: assertion } = body;
      const done = await app.signInWithPasskey({ flow, assertion, kind: 'api', address, userAgent });
      return done.ok ? signedInAnswer(app, { ...done, created: false }) : done;
    },
  }),
});
