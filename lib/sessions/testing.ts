import { sql } from 'drizzle-orm';
import { systemClock } from '../clock';
import { sendCode, type SendCodeDeps } from '../otp/send-code';
import { freshAddress, newestCode } from '../otp/testing';
import { verifyCode } from '../otp/verify-code';
import { authenticate, type SignedIn } from './authenticate';
import { sessionLifetimes } from './session-state';
import { prepareFindSession } from './session-store';

/** Signs in with a code, whatever the limits of the number say by now. */
export async function signInWith(deps: SendCodeDeps, phone: string, kind: 'web' | 'api' = 'api') {
  const address = freshAddress();
  await deps.db.execute(sql`delete from rate_limits where bucket like ${`%${phone}`}`);
  const sent = await sendCode(deps, { phone, address });
  if (!sent.ok) return sent;
  return verifyCode(deps, { phone, code: await newestCode(deps.db, phone), kind, address, userAgent: null });
}

/** Somebody who has just signed in with a number, as the use cases see them. */
export async function signedInWith(deps: SendCodeDeps, phone: string, kind?: 'web' | 'api'): Promise<SignedIn> {
  const verified = await signInWith(deps, phone, kind);
  if (!verified.ok) throw new Error(verified.code);
  const who = await seenNow(deps, verified.sessionId);
  if (!who) throw new Error('not signed in');
  return who;
}

/** The same session as the next request finds it; null when it is over. */
export async function seenNow({ db, env, log }: SendCodeDeps, sessionId: string): Promise<SignedIn | null> {
  const lifetimes = sessionLifetimes(env.REFRESH_TOKEN_TTL_SECONDS);
  const findSession = prepareFindSession(db);
  const deps = { db, clock: systemClock, lifetimes, appUrl: env.APP_URL, findSession, log };
  const found = await authenticate(deps, sessionId);
  return found.ok ? found.signedIn : null;
}
