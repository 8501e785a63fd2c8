import { forSignedIn, methods } from '@/lib/http/endpoint';
import { profileSchema } from '@/lib/users/profile-schema';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: forSignedIn({ handle: async ({ signedIn }) => signedIn.user }),
  PATCH: forSignedIn({
    body: profileSchema,
    async handle({ app, body, signedIn, address }) {
      const changed = await app.changeProfile(signedIn, body, address);
      return changed.ok ? changed.user : changed;
    },
  }),
});
