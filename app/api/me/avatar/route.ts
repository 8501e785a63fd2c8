import { forSignedIn, methods } from '@/lib/http/endpoint';
import { readImage } from '@/lib/http/image-body';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  PUT: forSignedIn({
    async handle({ app, request, signedIn, address }) {
      const upload = await readImage(request);
      if (!upload.ok) {
        return upload;
      }
      const changed = await app.changeAvatar(signedIn, upload.image, address);
      return changed.ok ? changed.user : changed;
    },
  }),
  DELETE: forSignedIn({
    async handle({ app, signedIn, address }) {
      const changed = await app.clearAvatar(signedIn, address);
      return changed.ok ? { success: true, message: 'Picture removed' } : changed;
    },
  }),
});
