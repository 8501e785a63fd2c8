import { forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: forSignedIn({
    async handle({ app, signedIn }) {
      return { identities: await app.googleAccounts(signedIn) };
    },
  }),
});
