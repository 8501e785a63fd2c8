import { forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: forSignedIn({
    async handle({ app, signedIn }) {
      return { recovery_codes: await app.recoveryCodes(signedIn) };
    },
  }),
  // A new sheet, told this once; the one before is worth nothing from now on.
  POST: forSignedIn({
    async handle({ app, signedIn, address }) {
      const made = await app.makeRecoveryCodes(signedIn, { address });
      return made.ok ? { success: true, message: 'Recovery codes made', codes: made.codes } : made;
    },
  }),
});
