import { forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: forSignedIn({
    async handle({ app, signedIn }) {
      const [notices, activity] = await Promise.all([app.notices(signedIn), app.activity(signedIn)]);
      return { notices, activity };
    },
  }),
});
