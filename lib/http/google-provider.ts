import type { OAuthConfig } from 'next-auth/providers/oauth';
import type { Env } from '../env';

/**
 * Google to NextAuth: endpoints and keys by discovery, an ID token signed with RS256, and all three checks: state ties the
 * answer to this browser, PKCE the code to it, the nonce the token. openid-client checks issuer, audience and times.
 */
export function googleProvider(google: NonNullable<Env['google']>): OAuthConfig<{ sub: string }> {
  return {
    id: 'google',
    name: 'Google',
    type: 'oauth',
    clientId: google.clientId,
    clientSecret: google.clientSecret,
    wellKnown: `${google.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    idToken: true,
    checks: ['state', 'pkce', 'nonce'],
    // Whoever shares a browser sees which account they are about to use.
    authorization: { params: { scope: 'openid email profile', prompt: 'select_account' } },
    client: { id_token_signed_response_alg: 'RS256' },
    // All that is used of the claims is read in identity-claims.ts.
    profile: ({ sub }) => ({ id: sub }),
  };
}
