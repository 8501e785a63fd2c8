import type { Clock } from '../clock';
import type { Database } from '../db/client';
import { refuse, type Result } from '../errors';
import type { SignedIn } from '../sessions/authenticate';
import { readEverything } from './export-store';

/**
 * One's own data, whole, for downloading: the account with its times and `avatar_url`, ways in (of passkeys and recovery codes no key, hash or code), sessions, activity, codes
 * asked for with the number, messages to it, and a change of number that waits. Times are ISO 8601. It needs no fresh proof (a plain link
 * must do), so all other sessions are told that it happened.
 */
export async function exportAccount(
  deps: { db: Database; clock: Clock },
  who: SignedIn,
  input: { address: string },
): Promise<Result<{ data: object }, 'token_revoked'>> {
  const { user, sessionId } = who;
  const by = { userId: user.id, sessionId, phone: user.phone, address: input.address };
  const everything = await readEverything(deps.db, by);
  if (!everything) {
    return refuse('token_revoked');
  }
  const account = { ...everything.user, avatar_url: user.avatar_url };
  return {
    ok: true,
    data: { exported_at: deps.clock.now().toISOString(), ...everything, user: account },
  };
}
