import { forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  // What to hand to the device that shall make a passkey; asks for a fresh proof.
  POST: forSignedIn({
    async handle({ app, signedIn }) {
      const begun = await app.passkeyCreationOptions(signedIn);
      return begun.ok ? { success: true, options: begun.options, expires_in_seconds: begun.expiresInSeconds } : begun;
    },
  }),
});
