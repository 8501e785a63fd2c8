import { forAnyone, methods } from '@/lib/http/endpoint';
import { passkeyOptionsBuckets } from '@/lib/passkeys/sign-in-with-passkey';
import { emptyBody } from '@/lib/passkeys/passkey-schema';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  // What to hand to the device, and the flow that has to come back with its answer. The same for everybody.
  POST: forAnyone({
    body: emptyBody,
    bodyOptional: true,
    malformedTakes: passkeyOptionsBuckets,
    async handle({ app, address }) {
      const begun = await app.passkeySignInOptions({ address });
      return begun.ok
        ? { success: true, flow: begun.flow, options: begun.options, expires_in_seconds: begun.expiresInSeconds }
        : begun;
    },
  }),
});
