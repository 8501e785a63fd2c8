import { forSignedIn, methods } from '@/lib/http/endpoint';
import { passkeyProofBody } from '@/lib/passkeys/passkey-schema';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  // A fresh proof by a passkey, for what asks for `fresh_proof_required`.
  POST: forSignedIn({
    body: passkeyProofBody,
    async handle({ app, signedIn, body, address }) {
      const confirmed = await app.confirmWithPasskey(signedIn, { assertion: body.credential, address });
      return confirmed.ok
        ? { success: true, message: 'Confirmed', expires_in_seconds: confirmed.freshForSeconds }
        : confirmed;
    },
  }),
});
