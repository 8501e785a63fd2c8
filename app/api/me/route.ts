import { forSignedIn, methods } from '@/lib/http/endpoint';
import { signedOutHeaders } from '@/lib/http/session-cookies';
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
  // Signed out at once; deleted when the grace period is over, unless the person signs in before.
  DELETE: forSignedIn({
    async handle({ app, via, signedIn, address }) {
      const asked = await app.requestDeletion(signedIn, { address });
      if (!asked.ok) {
        return asked;
      }
      const answer = {
        success: true,
        message: 'Your account will be deleted. Sign in before then to keep it',
        deleted_at: asked.deletedAt.toISOString(),
      };
      return Response.json(answer, { headers: signedOutHeaders(via, app.env.APP_URL) });
    },
  }),
});
