import type { Database } from '../db/client';
import { newId } from '../random';
import type { ClaimedIdentity } from './identity-claims';
import { signInWithIdentity } from './identity-store';

/** What an issuer vouches for of somebody whom no account knows yet: nothing more than who it is. */
export const freshIdentity = (more: Partial<ClaimedIdentity> = {}): ClaimedIdentity => ({
  issuer: 'https://accounts.google.com',
  subject: newId(),
  email: null,
  emailVerified: false,
  firstName: null,
  lastName: null,
  ...more,
});

/** Signs a browser in with an identity. @throws where the account is suspended. */
export async function signedInAs(db: Database, identity: ClaimedIdentity, address: string | null = null) {
  const done = await signInWithIdentity(db, {
    identity,
    kind: 'web',
    by: 'identity',
    userAgent: null,
    address,
    refreshTokenHash: null,
    refreshTtlSeconds: 0,
  });
  if (done.outcome !== 'signed_in') throw new Error(done.outcome);
  return done;
}
