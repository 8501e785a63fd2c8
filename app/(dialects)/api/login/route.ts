import { fastRefusals, loggedIn, login } from '@/lib/dialects/fast';
import { refuse } from '@/lib/errors';
import { forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods(
  {
    POST: forSignedIn({
      body: login.request.schema,
      changesNothing: login.changesNothing,
      async handle({ app, body, signedIn: { user } }) {
        return app.isSameNumber(body.phone_number, user.phone) ? loggedIn(user) : refuse('unauthenticated');
      },
    }),
  },
  fastRefusals.render,
);
