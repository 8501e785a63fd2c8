'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { addressOf } from '@/lib/http/front-door';
import { requireAdmin } from '@/lib/http/guards';
import { isOwnOrigin } from '@/lib/http/origin-guard';
import { server } from '@/lib/server';

/** Looks a number up. The page that follows is found by the look-up's id, so that the number stands in no address. */
export async function lookUp(form: FormData): Promise<void> {
  const signedIn = await requireAdmin();
  const app = await server();
  const sent = await headers();
  if (!isOwnOrigin(sent, app.env.APP_URL, true)) {
    redirect('/admin/deliveries');
  }
  const phone = form.get('phone');
  const begun = await app.lookUpNumber(signedIn, {
    phone: typeof phone === 'string' ? phone.slice(0, 40) : '',
    address: addressOf(sent),
  });
  redirect(begun.ok ? `/admin/deliveries?look=${begun.lookUpId}` : `/admin/deliveries?problem=${begun.code}`);
}
