import { AdminPage } from '@/components/admin/admin-page';
import { countryName, timelineDays } from '@/components/admin/admin-words';
import { Timeline } from '@/components/admin/timeline';
import { Section } from '@/components/security/section';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { errorTable } from '@/lib/errors';
import { requireAdmin } from '@/lib/http/guards';
import { server } from '@/lib/server';
import { lookUp } from '../actions';

const problems: Record<string, string> = {
  invalid_phone: errorTable.invalid_phone.message,
  undeliverable_phone: 'That is no mobile number, so no code is ever sent to it.',
};

export default async function DeliveriesPage({ searchParams }: PageProps<'/admin/deliveries'>) {
  const signedIn = await requireAdmin();
  const app = await server();
  const { look, problem } = await searchParams;
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
        <form action={lookUp} className="flex max-w-110 flex-wrap items-start gap-3">
          <div className="min-w-0 flex-1 basis-56">
            <TextField
              id="phone"
              name="phone"
              type="tel"
              label="Phone"
              hint={`In any form; without + it is read as one of ${countryName(app.env.DEFAULT_COUNTRY)}.`}
              autoComplete="off"
              required
              maxLength={40}
              error={typeof problem === 'string' ? (problems[problem] ?? problems.invalid_phone) : undefined}
            />
          </div>
          <Button type="submit" size="lg" className="mt-7 max-sm:mt-0 max-sm:w-full">
            Look up
          </Button>
        </form>
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
            {found.timeline.summary}
          </p>
          <Timeline days={days} />
        </Section>
      )}
    </AdminPage>
  );
}
