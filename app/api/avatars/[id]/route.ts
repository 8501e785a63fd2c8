import { refuse } from '@/lib/errors';
import { forAnyone, methods } from '@/lib/http/endpoint';
import { isUuid } from '@/lib/random';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  // The id is 122 random bits and the only key to the picture, as image elements and mobile clients need it.
  GET: forAnyone({
    async handle({ app, params }) {
      const image = isUuid(String(params.id)) ? await app.findAvatar(String(params.id)) : null;
      if (!image) {
        return refuse('not_found');
      }
      return new Response(new Uint8Array(image), {
        headers: {
          'content-type': 'image/webp',
          'cache-control': 'private, max-age=31536000, immutable',
          // Front ends elsewhere have image elements too.
          'cross-origin-resource-policy': 'cross-origin',
          'content-disposition': 'inline; filename="avatar.webp"',
        },
      });
    },
  }),
});
