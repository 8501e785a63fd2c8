import { cookies, headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import type { FlowView } from '../otp/flow-view';
import { server } from '../server';
import type { SignedIn } from '../sessions/authenticate';
import { credentials, sessionCookieValue } from './credentials';
import { flowCookie } from './flow-cookie';
import { isInboxOpen } from './inbox-gate';

/**
 * The first line of each page says which state a visitor must be in and leads everyone else to where they belong. The
 * state is the server's own: a live session's row, or the row of a code that was asked for. Once per request.
 */
export const currentUser = cache(async (): Promise<SignedIn | null> => {
  const app = await server();
  const who = await credentials(app, null, sessionCookieValue(app, await cookies()));
  return who.ok ? who.credentials.signedIn : null;
});

/** Signed in, with a number and a complete profile. */
export async function requireUser(): Promise<SignedIn> {
  const signedIn = await requireNumber();
  if (signedIn.user.needs_profile_completion) {
    redirect('/auth/about-you');
  }
  return signedIn;
}

/** Signed in, without a number: came another way, or the number went to somebody else. */
export async function requirePhoneless(): Promise<SignedIn> {
  const signedIn = await currentUser();
  if (!signedIn) {
    redirect('/auth');
  }
  if (signedIn.user.phone !== null) {
    redirect(signedIn.user.needs_profile_completion ? '/auth/about-you' : '/dashboard');
  }
  return signedIn;
}

async function requireNumber(): Promise<SignedIn> {
  const signedIn = await currentUser();
  if (!signedIn) {
    redirect('/auth');
  }
  if (signedIn.user.phone === null) {
    redirect('/auth/add-phone');
  }
  return signedIn;
}

/** Signed in, with a number and without a complete profile yet: step three. */
export async function requireIncompleteProfile(): Promise<SignedIn> {
  const signedIn = await requireNumber();
  if (!signedIn.user.needs_profile_completion) {
    redirect('/dashboard');
  }
  return signedIn;
}

/**
 * Signed in as an administrator. Everyone else, signed in or not, is told that there is no such page: who may not see these
 * has no business to learn that they exist.
 */
export async function requireAdmin(): Promise<SignedIn> {
  const signedIn = await currentUser();
  if (signedIn?.user.role !== 'admin') {
    notFound();
  }
  return signedIn;
}

/** Not signed in. */
export async function requireSignedOut(): Promise<void> {
  const signedIn = await currentUser();
  if (signedIn) {
    redirect(signedIn.user.needs_profile_completion ? '/auth/about-you' : '/dashboard');
  }
}

/** Has asked for a code in this browser and not used it (for the number of `challengeId`, where given): step two. */
export async function requireFlow(challengeId: string | null): Promise<FlowView> {
  const flow = await currentFlow(challengeId);
  if (!flow) {
    redirect('/auth');
  }
  return flow;
}

/** The sign-in that runs in this browser (for the number of `challengeId`, where a page names one), or null. */
export async function currentFlow(challengeId: string | null): Promise<FlowView | null> {
  const app = await server();
  return (await app.runningFlow(await flowToken(), challengeId))?.view ?? null;
}

/** The flow cookie's value. */
export async function flowToken(): Promise<string | null> {
  const app = await server();
  return (await cookies()).get(flowCookie(app.env.APP_URL).name)?.value ?? null;
}

/** The development inbox is open here. */
export async function requireInbox(): Promise<void> {
  const app = await server();
  if (!isInboxOpen(app.env, (await headers()).get('host'))) {
    notFound();
  }
}
