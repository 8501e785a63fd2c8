import { forSignedIn, methods } from '@/lib/http/endpoint';
import { signedOutHeaders } from '@/lib/http/session-cookies';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  DELETE: forSignedIn({
    async handle({ app, params, via, signedIn, address }) {
      const done = await app.endSession(signedIn, { id: String(params.id), address });
      if (!done.ok) {
        return done;
      }
      const answer = { success: true, message: 'Session ended' };
      return done.own ? Response.json(answer, { headers: signedOutHeaders(via, app.env.APP_URL) }) : answer;
    },
  }),
});
