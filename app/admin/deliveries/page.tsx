import { AdminPage } from '@/components/admin/admin-page';
import { countryName, timelineDays } from '@/components/admin/admin-words';
import { LookUpForm } from '@/components/admin/look-up-form';
import { Timeline } from '@/components/admin/timeline';
import { Section } from '@/components/security/section';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { SaidOnce } from '@/components/ui/said-once';
import { requireAdmin } from '@/lib/http/guards';
import { server } from '@/lib/server';
import { lookUp, unlock } from '../actions';

export default async function DeliveriesPage({ searchParams }: PageProps<'/admin/deliveries'>) {
  const signedIn = await requireAdmin();
  const app = await server();
  const { look, cleared } = await searchParams;
  const found = typeof look === 'string' ? await app.lookedUpDeliveries(signedIn, look) : null;
  const days = found?.ok ? timelineDays(found.timeline, signedIn.user) : [];
  return (
    <AdminPage
      brand={app.env.APP_NAME}
      at="/admin/deliveries"
      title="Why did the code not arrive?"
      intro="What became of the codes for a number: who was asked to send them, what they reported, and what was entered."
    >
      <Section title="Number" text="Each look-up is written down, with your account.">
        <LookUpForm lookUp={lookUp} country={countryName(app.env.DEFAULT_COUNTRY)} />
      </Section>
      {found && !found.ok && (
        <Notice kind="neutral">This look-up is over: type the number again. It is shown for 15 minutes.</Notice>
      )}
      {found?.ok && (
        <Section
          title={found.timeline.phone}
          text="Newest first. What became of a code is kept for a week, that it was asked for a year."
        >
          <p className="mb-8 max-w-130 text-lg" role="status">
            <SaidOnce key={String(look)} params={['cleared']}>
              {typeof cleared === 'string' && 'The wrong codes are cleared. '}
            </SaidOnce>
            {found.timeline.summary}
          </p>
          {found.timeline.tries_wait && (
            <form action={unlock} className="mb-8 grid justify-items-start gap-3">
              <input type="hidden" name="look" value={look} />
              <p className="max-w-130 text-sm text-ink-soft">
                Whoever guesses can do this to a number that is not theirs. Make sure that you speak to its owner: with
                the count cleared, guessing can begin again.
              </p>
              <Button type="submit" look="secondary" size="md">
                Clear the wrong codes
              </Button>
            </form>
          )}
          <Timeline days={days} />
        </Section>
      )}
    </AdminPage>
  );
}
