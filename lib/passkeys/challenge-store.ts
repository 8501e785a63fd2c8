import { and, eq, gt, isNull, sql, type SQL } from 'drizzle-orm';
import { passkeyChallenges, type passkeyPurposes } from '../../drizzle/schema/passkey-challenges';
import type { Database } from '../db/client';
import { passkeyPolicy } from '../policy';
import { newToken, tokenHash } from '../random';

export type PasskeyPurpose = (typeof passkeyPurposes)[number];

/** Makes a challenge that is good for one purpose, in one session or flow, once, for five minutes. */
export async function newChallenge(db: Database, purpose: PasskeyPurpose, flow: string): Promise<string> {
  const challenge = newToken();
  await db.insert(passkeyChallenges).values({
    challengeHash: tokenHash(challenge),
    purpose,
    flowHash: tokenHash(flow),
    expiresAt: sql`now() + make_interval(secs => ${passkeyPolicy.challengeSeconds}::integer)`,
  });
  return challenge;
}

/** Whether a challenge is one of ours, live, for this purpose and of this session or flow. It stays: {@link spendChallenge} uses it up. */
export async function isLiveChallenge(
  db: Database,
  challenge: string,
  purpose: PasskeyPurpose,
  flow: string,
): Promise<boolean> {
  const rows = await db
    .select({ hash: passkeyChallenges.challengeHash })
    .from(passkeyChallenges)
    .where(
      and(
        eq(passkeyChallenges.challengeHash, tokenHash(challenge)),
        eq(passkeyChallenges.purpose, purpose),
        eq(passkeyChallenges.flowHash, tokenHash(flow)),
        isNull(passkeyChallenges.consumedAt),
        gt(passkeyChallenges.expiresAt, sql`now()`),
      ),
    );
  return rows.length > 0;
}

/**
 * The beginning of each statement that acts on a checked answer: `consumed` has a row for exactly one of any number of them.
 * Whose challenge it was, {@link isLiveChallenge} has said.
 */
export const spendChallenge = (challenge: string): SQL => sql`
  consumed as (
    update passkey_challenges set consumed_at = now()
    where challenge_hash = ${tokenHash(challenge)} and consumed_at is null and expires_at > now()
    returning challenge_hash
  )`;
