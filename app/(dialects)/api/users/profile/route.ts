import { hubRefusals, hubUser } from '@/lib/dialects/hub';
import { forSignedIn, methods } from '@/lib/http/endpoint';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods(
  { GET: forSignedIn({ handle: async ({ signedIn }) => hubUser(signedIn.user) }) },
  hubRefusals.render,
);
