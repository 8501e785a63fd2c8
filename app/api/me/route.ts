import { refuse } from '@/lib/errors';
import { methods, signedIn } from '@/lib/http/endpoint';
import { profileSchema } from '@/lib/users/profile-schema';
import { updateProfile } from '@/lib/users/user-store';
import { userView } from '@/lib/users/user-view';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: signedIn({ handle: async ({ signedIn: { user } }) => user }),
  PATCH: signedIn({
    body: profileSchema,
    async handle({ app, body, signedIn: { user, sessionId }, address }) {
      if (Object.keys(body).length === 0) {
        return user;
      }
      const updated = await updateProfile(app.db, { userId: user.id, sessionId, phone: user.phone, address }, body);
      return updated ? userView(updated, app.env.APP_URL) : refuse('token_revoked');
    },
  }),
});
