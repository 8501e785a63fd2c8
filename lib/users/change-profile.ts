import type { Database } from '../db/client';
import { type ErrorCode, refuse, type Result } from '../errors';
import type { SignedIn } from '../sessions/authenticate';
import { encodeAvatar } from './avatar-image';
import { removeAvatar, setAvatar } from './avatar-store';
import type { ProfileChanges } from './profile-schema';
import { type Actor, updateProfile } from './user-store';
import { type UserRecord, type UserView, userView } from './user-view';

type Deps = { db: Database; appUrl: string };
type Changed<Code extends ErrorCode = never> = Promise<Result<{ user: UserView }, Code | 'token_revoked'>>;

/** Changes the given fields of one's own profile. `token_revoked`: the account went away meanwhile. */
export async function changeProfile(deps: Deps, who: SignedIn, changes: ProfileChanges, address: string): Changed {
  return Object.keys(changes).length === 0
    ? { ok: true, user: who.user }
    : changed(deps, await updateProfile(deps.db, actorOf(who, address), changes));
}

/** Stores an uploaded picture. `unsupported_media_type`: it is not one we can read. */
export async function changeAvatar(
  deps: Deps,
  who: SignedIn,
  upload: Buffer,
  address: string,
): Changed<'unsupported_media_type'> {
  const image = await encodeAvatar(upload);
  if (!image) {
    return refuse('unsupported_media_type', {
      message: 'This is not a picture we can read. Use a JPEG, PNG, WebP, GIF or AVIF.',
    });
  }
  return changed(deps, await setAvatar(deps.db, actorOf(who, address), image));
}

/** Removes the picture, uploaded or linked. */
export async function clearAvatar(deps: Deps, who: SignedIn, address: string): Changed {
  return changed(deps, await removeAvatar(deps.db, actorOf(who, address)));
}

function changed(deps: Deps, user: UserRecord | null): Result<{ user: UserView }, 'token_revoked'> {
  return user ? { ok: true, user: userView(user, deps.appUrl) } : refuse('token_revoked');
}

const actorOf = ({ user, sessionId }: SignedIn, address: string): Actor => ({
  userId: user.id,
  sessionId,
  phone: user.phone,
  address,
});
