import { z } from 'zod';
import { env } from '@/lib/env';
import { forSignedIn, methods } from '@/lib/http/endpoint';
import { expiredSessionCookie } from '@/lib/http/session-cookies';

const logoutBody = z.strictObject({ refresh: z.string().max(512).optional(), everywhere: z.boolean().optional() });

const signOut = forSignedIn({
  body: logoutBody,
  bodyOptional: true,
  async handle({ app, body, via, signedIn, address }) {
    const done = await app.signOut(signedIn, { everywhere: body.everywhere === true, address });
    if (!done.ok) {
      return done;
    }
    const headers = new Headers({ 'cache-control': 'no-store' });
    if (via === 'cookie') {
      headers.set('clear-site-data', '"cache", "cookies", "storage"');
      headers.append('set-cookie', expiredSessionCookie(app.env.APP_URL));
    }
    return Response.json({ success: true, message: 'Logged out successfully' }, { headers });
  },
});

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  async POST(request, context) {
    const response = await signOut(request, context);
    if (response.status === 401) {
      // A session that ended before: the browser need not go on carrying its cookie.
      response.headers.append('set-cookie', expiredSessionCookie(env().APP_URL));
    }
    return response;
  },
});
