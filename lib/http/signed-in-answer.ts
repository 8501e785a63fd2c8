import type { Server } from '../server';
import type { UserView } from '../users/user-view';
import { tokenPair } from './token-pair';

/** What an app is told after signing in, whichever way it came: the answer of `verify-otp`. */
export async function signedInAnswer(
  app: Server,
  signedIn: { created: boolean; user: UserView; sessionId: string; refreshToken: string | null },
) {
  return {
    success: true,
    message: signedIn.created ? 'Account created' : 'Login successful',
    created: signedIn.created,
    needs_profile_completion: signedIn.user.needs_profile_completion,
    user: signedIn.user,
    tokens: await tokenPair(app, signedIn),
  };
}
