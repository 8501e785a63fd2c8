import { forSignedIn, methods } from '@/lib/http/endpoint';
import { expiredSessionCookie } from '@/lib/http/session-cookies';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  DELETE: forSignedIn({
    async handle({ app, params, via, signedIn, address }) {
      const done = await app.endSession(signedIn, { id: String(params.id), address });
      if (!done.ok) {
        return done;
      }
      const headers = new Headers({ 'cache-control': 'no-store' });
      if (via === 'cookie' && done.own) {
        headers.set('clear-site-data', '"cache", "cookies", "storage"');
        headers.append('set-cookie', expiredSessionCookie(app.env.APP_URL));
      }
      return Response.json({ success: true, message: 'Session ended' }, { headers });
    },
  }),
});
