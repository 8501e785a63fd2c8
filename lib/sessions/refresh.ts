import { createHmac } from 'node:crypto';
import type { Clock } from '../clock';
import type { Database } from '../db/client';
import { type ErrorCode, type Refusal, refuse, type Result } from '../errors';
import { limitPolicy } from '../policy';
import { tokenHash } from '../random';
import { type Bucket, takePlacesOrRefuse } from '../rate-limit/rate-limit';
import { findRefreshFamily, type Rotation, rotateRefreshToken } from './refresh-store';
import { type SessionLifetimes, sessionState, unusedLifeSeconds } from './session-state';

export type RefreshRefusal = Extract<
  ErrorCode,
  'unauthenticated' | 'token_expired' | 'token_revoked' | 'refresh_reused' | 'too_many_requests'
>;

type RefreshDeps = {
  db: Database;
  clock: Clock;
  lifetimes: SessionLifetimes;
  successorKey: Buffer;
  refreshTtlSeconds: number;
};

export type Refreshed = { sessionId: string; userId: string; refreshToken: string; refreshExpiresInSeconds: number };

/**
 * Exchanges a refresh token for its successor. The successor is derived from the token under a key of ours, so a client
 * that lost the answer, or several of its tabs asking at once, all get the same one for a short while — and there are
 * never two live successors. A token presented after that is stolen: its whole family ends.
 */
export async function refreshSession(
  deps: RefreshDeps,
  input: { token: string; address: string },
): Promise<Result<Refreshed, RefreshRefusal>> {
  const presentedHash = tokenHash(input.token);
  const family = await findRefreshFamily(deps.db, presentedHash);
  if (!family) {
    return refuseUnknownToken(deps.db, input.address);
  }
  const now = deps.clock.now();
  if (sessionState(family, deps.lifetimes, now) !== 'live') {
    return refuse('token_revoked');
  }
  const limited = await takePlacesOrRefuse(deps.db, sessionBuckets(family.sessionId));
  if (limited) {
    return limited;
  }
  const refreshToken = createHmac('sha256', deps.successorKey).update(input.token).digest('base64url');
  const outcome = await rotateRefreshToken(deps.db, {
    tokenHash: presentedHash,
    successorHash: tokenHash(refreshToken),
    ttlSeconds: deps.refreshTtlSeconds,
    address: input.address,
  });
  const code = refusalFor[outcome];
  const { sessionId, userId } = family;
  const refreshExpiresInSeconds = unusedLifeSeconds(family, deps.lifetimes, now);
  return code ? refuse(code) : { ok: true, sessionId, userId, refreshToken, refreshExpiresInSeconds };
}

/** The answer to a token that names no family. Only these are counted by address: honest clients pay no statement for it. */
export async function refuseUnknownToken(
  db: Database,
  address: string,
): Promise<Refusal<'unauthenticated' | 'too_many_requests'>> {
  return (await takePlacesOrRefuse(db, addressBuckets(address))) ?? refuse('unauthenticated');
}

const sessionBuckets = (sessionId: string): Bucket[] => [
  { key: `refresh:session:${sessionId}`, policy: limitPolicy.refreshesPerSession },
];
const addressBuckets = (address: string): Bucket[] => [
  { key: `refresh:address:${address}`, policy: limitPolicy.unknownRefreshesPerAddress },
];

const refusalFor = {
  rotated: null,
  repeated: null,
  expired: 'token_expired',
  reused: 'refresh_reused',
  gone: 'token_revoked',
} as const satisfies Record<Rotation, RefreshRefusal | null>;
