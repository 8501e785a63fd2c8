import { forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  // "Not now": the dashboard offers no passkey for a month, on none of the person's devices.
  DELETE: forSignedIn({
    async handle({ app, signedIn }) {
      await app.putPasskeyOfferOff(signedIn);
      return { success: true, message: 'Not offered for a month' };
    },
  }),
});
