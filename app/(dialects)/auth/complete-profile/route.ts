import { completeProfile, loopRefusals, profileChanges, profileCompleted } from '@/lib/dialects/loop';
import { refuse } from '@/lib/errors';
import { forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods(
  {
    POST: forSignedIn({
      body: completeProfile.request.schema,
      async handle({ app, body, signedIn, address }) {
        if (body.phone_number && !app.isSameNumber(body.phone_number, signedIn.user.phone)) return refuse('forbidden');
        const changed = await app.changeProfile(signedIn, profileChanges(body), address);
        return changed.ok ? profileCompleted(changed.user) : changed;
      },
    }),
  },
  loopRefusals.render,
);
