import { forAnyone, methods } from '@/lib/http/endpoint';
import { signedInAnswer } from '@/lib/http/signed-in-answer';
import { recoveryAddressBuckets } from '@/lib/recovery-codes/recovery-codes';
import { recoverBody } from '@/lib/recovery-codes/recovery-schema';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  // The way back when phone and passkey are lost. What to do next is to change the number: the session has a fresh proof.
  POST: forAnyone({
    body: recoverBody,
    malformedTakes: recoveryAddressBuckets,
    async handle({ app, body, address, userAgent }) {
      const { phone, recovery_code: code } = body;
      const done = await app.recover({ phone, code, kind: 'api', address, userAgent });
      return done.ok
        ? { ...(await signedInAnswer(app, { ...done, created: false })), recovery_codes_left: done.left }
        : done;
    },
  }),
});
