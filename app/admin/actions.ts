'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { LookUpProblem } from '@/components/admin/look-up-form';
import { errorTable } from '@/lib/errors';
import { textIn } from '@/lib/http/action-guard';
import { addressOf } from '@/lib/http/front-door';
import { requireAdmin } from '@/lib/http/guards';
import { isOwnOrigin } from '@/lib/http/origin-guard';
import { server } from '@/lib/server';

/** Looks a number up. The page that follows is found by the look-up's id, so that the number stands in no address. */
export async function lookUp(_previous: LookUpProblem, form: FormData): Promise<LookUpProblem> {
  const signedIn = await requireAdmin();
  const app = await server();
  const sent = await headers();
  if (!isOwnOrigin(sent, app.env.APP_URL, true)) {
    return { error: errorTable.origin_not_allowed.message };
  }
  const begun = await app.lookUpNumber(signedIn, {
    phone: textIn(form, 'phone').slice(0, 64),
    address: addressOf(sent),
  });
  if (!begun.ok) {
    return {
      error:
        begun.code === 'undeliverable_phone'
          ? 'That is no mobile number, so no code is ever sent to it.'
          : errorTable[begun.code].message,
    };
  }
  redirect(`/admin/deliveries?look=${begun.lookUpId}`);
}

/** Asks the vendors again before the minute is over for which their answers are kept. */
export async function checkAgain(form: FormData): Promise<void> {
  await requireAdmin();
  const app = await server();
  if (isOwnOrigin(await headers(), app.env.APP_URL, true)) {
    // Read, because Next leaves out what an action does not take, and a call without input is refused (`action-guard.ts`).
    await app.outsideChecks({ again: textIn(form, 'again') === 'yes' });
  }
  redirect('/admin/status');
}

/** Clears the wrong tries for the number of a look-up. */
export async function unlock(form: FormData): Promise<void> {
  const signedIn = await requireAdmin();
  const app = await server();
  const sent = await headers();
  const look = textIn(form, 'look');
  if (!isOwnOrigin(sent, app.env.APP_URL, true)) {
    redirect('/admin/deliveries');
  }
  const unlocked = await app.unlockLookedUp(signedIn, { lookUpId: look, address: addressOf(sent) });
  redirect(unlocked.ok ? `/admin/deliveries?look=${look}&cleared=${unlocked.wrongInARow}` : '/admin/deliveries');
}

/** Switches sending off everywhere, or on again. */
export async function switchSms(form: FormData): Promise<void> {
  const signedIn = await requireAdmin();
  const app = await server();
  if (isOwnOrigin(await headers(), app.env.APP_URL, true)) {
    await (textIn(form, 'to') === 'off'
      ? app.switchSmsOff(signedIn, { reason: textIn(form, 'reason') })
      : app.switchSmsOn(signedIn, { scope: textIn(form, 'scope') }));
  }
  redirect('/admin/status');
}
