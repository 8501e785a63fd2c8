import { forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: forSignedIn({
    async handle({ app, signedIn }) {
      await app.markNoticesSeen(signedIn.sessionId);
      return { success: true, message: 'Noted' };
    },
  }),
});
