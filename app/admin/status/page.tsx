import { type ReactElement, Suspense } from 'react';
import { AdminPage } from '@/components/admin/admin-page';
import { checkAreas, checkSummary } from '@/components/admin/admin-words';
import { CheckAgain } from '@/components/admin/check-again';
import { CheckList, WaitingAreas } from '@/components/admin/check-list';
import { CheckSummary } from '@/components/admin/check-summary';
import type { CheckedLines } from '@/lib/doctor/keep-checks';
import { requireAdmin } from '@/lib/http/guards';
import { server } from '@/lib/server';
import { SmsSwitch } from '@/components/admin/sms-switch';
import { textLink } from '@/components/ui/text-link';
import { checkAgain, switchSms } from '../actions';

/** What is known here comes at once; what only others know follows when they have answered. */
export default async function StatusPage() {
  const { user } = await requireAdmin();
  const app = await server();
  const outside = app.outsideChecks();
  const [local, pauses] = await Promise.all([app.runLocalChecks(), app.switchedOff().catch(() => null)]);
  return (
    <AdminPage
      brand={app.env.APP_NAME}
      at="/admin/status"
      title="Status"
      intro="Settings and database are looked at with each load. The vendors, and the way in from outside, are asked once a minute at most."
    >
      <div className="mb-10 flex flex-wrap items-center justify-between gap-x-8 gap-y-4">
        {whenTold(
          outside,
          <CheckSummary waiting text="Asking the vendors…" aside={<WithoutScript />} />,
          ({ lines, at }) => (
            <CheckSummary {...checkSummary([...local, ...lines], at, user)} />
          ),
        )}
        <CheckAgain checkAgain={checkAgain} />
      </div>
      <CheckList areas={checkAreas(local)} />
      {whenTold(outside, <WaitingAreas areas={app.outsideAreas} />, ({ lines }) => (
        <CheckList areas={checkAreas(lines)} />
      ))}
      <SmsSwitch pauses={pauses} action={switchSms} />
    </AdminPage>
  );
}

/** What streams in later takes a script to get to its place. */
function WithoutScript() {
  return (
    <noscript>
      Without JavaScript the answers don’t appear by themselves.{' '}
      <a href="/admin/status" className={textLink}>
        Load the page again
      </a>{' '}
      in a few seconds.
    </noscript>
  );
}

/** What is known stands in the page itself; only what has to be waited for is streamed, and takes a script. */
function whenTold(
  outside: CheckedLines | Promise<CheckedLines>,
  waiting: ReactElement,
  show: (told: CheckedLines) => ReactElement,
): ReactElement {
  return outside instanceof Promise ? <Suspense fallback={waiting}>{outside.then(show)}</Suspense> : show(outside);
}
