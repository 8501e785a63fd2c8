import { forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  DELETE: forSignedIn({
    async handle({ app, params, signedIn, address }) {
      const done = await app.unlinkIdentity(signedIn, { id: String(params.id), address });
      return done.ok ? { success: true, message: 'Google account unlinked' } : done;
    },
  }),
});
