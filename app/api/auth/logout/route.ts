import { forSignedIn, methods } from '@/lib/http/endpoint';
import { sessionCookieValue } from '@/lib/http/credentials';
import { server } from '@/lib/server';
import { expiredSessionCookie, signedOutHeaders } from '@/lib/http/session-cookies';
import { logoutBody } from '@/lib/sessions/request-schema';

const done = { success: true, message: 'Logged out successfully' };

const signOut = forSignedIn({
  body: logoutBody,
  bodyOptional: true,
  async handle({ app, body, via, signedIn, address }) {
    const ended = await app.signOut(signedIn, { ...body, address });
    if (!ended.ok) {
      return ended;
    }
    return Response.json(done, { headers: signedOutHeaders(via, app.env.APP_URL) });
  },
  // An app whose access token has run out still signs out.
  async bodyAlone({ app, body, address }) {
    if (!body.refresh || body.everywhere) {
      return null;
    }
    const ended = await app.signOutByRefreshToken({ refresh: body.refresh, address });
    if (ended.ok) {
      return done;
    }
    // Of an unknown token nothing is told but what is wrong with the access token.
    return ended.code === 'too_many_requests' ? ended : null;
  },
});

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  async POST(request, context) {
    const response = await signOut(request, context);
    const app = await server();
    // A sent token is the whole answer: then nobody looked at the cookie, whose session may live on.
    const byCookie = !request.headers.has('authorization') && sessionCookieValue(app, request.cookies);
    if (response.status === 401 && byCookie) {
      // A session that ended before: the browser need not go on carrying its cookie. One that sent none keeps what it has.
      response.headers.append('set-cookie', expiredSessionCookie(app.env.APP_URL));
    }
    return response;
  },
});
