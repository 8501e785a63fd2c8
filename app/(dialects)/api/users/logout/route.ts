import { hubRefusals, loggedOut, logout } from '@/lib/dialects/hub';
import { forSignedIn, methods } from '@/lib/http/endpoint';
import { signedOutHeaders } from '@/lib/http/session-cookies';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods(
  {
    POST: forSignedIn({
      body: logout.request.schema,
      bodyOptional: true,
      async handle({ app, body, via, signedIn, address }) {
        const ended = await app.signOut(signedIn, { refresh: body.refresh, address });
        return ended.ok ? Response.json(loggedOut, { headers: signedOutHeaders(via, app.env.APP_URL) }) : ended;
      },
      // The refresh token alone is enough: it is what a client still has when its access token has run out.
      async bodyAlone({ app, body: { refresh }, address }) {
        if (!refresh) return null;
        const ended = await app.signOutByRefreshToken({ refresh, address });
        return ended.ok ? loggedOut : ended.code === 'too_many_requests' ? ended : null;
      },
    }),
  },
  hubRefusals.render,
);
