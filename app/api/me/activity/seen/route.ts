import { z } from 'zod';
import { forSignedIn, methods } from '@/lib/http/endpoint';

/** The newest notice that was shown. */
const seenBody = z.strictObject({ up_to: z.uuid() });

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: forSignedIn({
    body: seenBody,
    async handle({ app, signedIn, body }) {
      const noted = await app.acknowledgeNotices(signedIn, { upTo: body.up_to });
      return noted.ok ? { success: true, message: 'Noted' } : noted;
    },
  }),
});
