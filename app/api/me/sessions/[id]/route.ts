import { forSignedIn, methods } from '@/lib/http/endpoint';
import { expiredSessionCookie } from '@/lib/http/session-cookies';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  DELETE: forSignedIn({
    async handle({ app, params, via, signedIn, address }) {
      const id = String(params.id);
      const done = await app.endSession(signedIn, { id, address });
      if (!done.ok) {
        return done;
      }
      const headers = new Headers({ 'cache-control': 'no-store' });
      if (via === 'cookie' && id === signedIn.sessionId) {
        headers.append('set-cookie', expiredSessionCookie(app.env.APP_URL));
      }
      return Response.json({ success: true, message: 'Session ended' }, { headers });
    },
  }),
});
