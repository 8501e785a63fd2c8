import { fastRefusals, fastUser } from '@/lib/dialects/fast';
import { refuse } from '@/lib/errors';
import { forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods(
  {
    GET: forSignedIn({
      leavesTrace: true,
      async handle({ app, params, signedIn, address }) {
        const phone = String(params.phone_number);
        if (app.isSameNumber(phone, signedIn.user.phone)) return fastUser(signedIn.user);
        // Before anything is looked up: who may not know learns nothing from how long it takes, either.
        if (signedIn.user.role !== 'admin') return refuse('forbidden');
        const found = await app.lookUpUser(signedIn, { phone, address });
        return found.ok ? fastUser(found.user) : found;
      },
    }),
  },
  fastRefusals.render,
);
