import { seenBody } from '@/lib/audit/request-schema';
import { forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: forSignedIn({
    body: seenBody,
    async handle({ app, signedIn, body }) {
      const noted = await app.acknowledgeNotices(signedIn, { upTo: body.up_to });
      return noted.ok ? { success: true, message: 'Noted' } : noted;
    },
  }),
});
