import { forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: forSignedIn({
    async handle({ app, signedIn }) {
      return { sessions: await app.devices(signedIn) };
    },
  }),
  // All but the one that asks.
  DELETE: forSignedIn({
    async handle({ app, signedIn, address }) {
      const done = await app.endOtherSessions(signedIn, { address });
      return done.ok ? { success: true, message: 'All other sessions are ended', ended: done.ended } : done;
    },
  }),
});
