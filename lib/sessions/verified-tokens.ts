import { tokenHash } from '../random';

/**
 * What tokens say whose signature was found good here, so that a client's next request with the same token does not pay
 * for the same mathematics again. Only the signature is remembered: the caller checks `exp` on every use, and the session's
 * row as ever. Kept under the token's hash, so that no token lies about in memory.
 */
type VerifiedTokens<Claims> = {
  find(token: string): Claims | undefined;
  remember(token: string, claims: Claims): void;
};

/** About 1 KB each. */
const MOST_TOKENS = 10_000;

/** Remembers `most` tokens; the oldest goes first and is simply verified again. */
export function createVerifiedTokens<Claims>(most = MOST_TOKENS): VerifiedTokens<Claims> {
  const claimsByHash = new Map<string, Claims>();
  return {
    find: (token) => claimsByHash.get(tokenHash(token)),
    remember(token, claims) {
      claimsByHash.set(tokenHash(token), claims);
      if (claimsByHash.size > most) {
        const [oldest] = claimsByHash.keys();
        if (oldest !== undefined) claimsByHash.delete(oldest);
      }
    },
  };
}
