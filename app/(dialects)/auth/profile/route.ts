import { loopProfile, loopRefusals } from '@/lib/dialects/loop';
import { forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods(
  { GET: forSignedIn({ handle: async ({ signedIn }) => loopProfile(signedIn.user) }) },
  loopRefusals.render,
);
