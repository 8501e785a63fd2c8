import { forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: forSignedIn({
    async handle({ app, signedIn }) {
      const begun = await app.passkeyProofOptions(signedIn);
      return begun.ok ? { success: true, options: begun.options, expires_in_seconds: begun.expiresInSeconds } : begun;
    },
  }),
});
