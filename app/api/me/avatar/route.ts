import { refuse } from '@/lib/errors';
import { methods, signedIn } from '@/lib/http/endpoint';
import { readImage } from '@/lib/http/image-body';
import { encodeAvatar } from '@/lib/users/avatar-image';
import { removeAvatar, setAvatar } from '@/lib/users/avatar-store';
import { userView } from '@/lib/users/user-view';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  PUT: signedIn({
    async handle({ app, request, signedIn: { user, sessionId }, address }) {
      const upload = await readImage(request);
      if (!upload.ok) {
        return upload;
      }
      const image = await encodeAvatar(upload.image);
      if (!image) {
        return refuse('unsupported_media_type', { message: 'This is not a picture we can read. Use a JPEG, PNG, WebP, GIF or AVIF.' });
      }
      const updated = await setAvatar(app.db, { userId: user.id, sessionId, phone: user.phone, address }, image);
      return updated ? userView(updated, app.env.APP_URL) : refuse('token_revoked');
    },
  }),
  DELETE: signedIn({
    async handle({ app, signedIn: { user, sessionId }, address }) {
      const updated = await removeAvatar(app.db, { userId: user.id, sessionId, phone: user.phone, address });
      return updated ? { success: true, message: 'Picture removed' } : refuse('token_revoked');
    },
  }),
});
