import { loggedOut, loopRefusals } from '@/lib/dialects/loop';
import { forSignedIn, methods } from '@/lib/http/endpoint';
import { signedOutHeaders } from '@/lib/http/session-cookies';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods(
  {
    POST: forSignedIn({
      async handle({ app, via, signedIn, address }) {
        const ended = await app.signOut(signedIn, { address });
        return ended.ok ? Response.json(loggedOut, { headers: signedOutHeaders(via, app.env.APP_URL) }) : ended;
      },
    }),
  },
  loopRefusals.render,
);
