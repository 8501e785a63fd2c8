import { Suspense } from 'react';
import { AdminPage } from '@/components/admin/admin-page';
import { checkAreas, checkSummary } from '@/components/admin/admin-words';
import { CheckAgain } from '@/components/admin/check-again';
import { CheckList, WaitingAreas } from '@/components/admin/check-list';
import { CheckSummary } from '@/components/admin/check-summary';
import type { CheckedLines } from '@/lib/doctor/keep-checks';
import type { CheckLine } from '@/lib/doctor/finding';
import { requireAdmin } from '@/lib/http/guards';
import { server } from '@/lib/server';
import type { UserView } from '@/lib/users/user-view';
import { SmsSwitch } from '@/components/admin/sms-switch';
import { checkAgain, switchSms } from '../actions';

/** What is known here comes at once; what only others know follows when they have answered. */
export default async function StatusPage() {
  const { user } = await requireAdmin();
  const app = await server();
  const outside = app.outsideChecks();
  const [local, pauses] = await Promise.all([app.runLocalChecks(), app.switchedOff().catch(() => [])]);
  return (
    <AdminPage
      brand={app.env.APP_NAME}
      at="/admin/status"
      title="Status"
      intro="Settings and database are looked at with each load. The vendors, and the way in from outside, are asked once a minute at most."
    >
      <div className="mb-10 flex flex-wrap items-center justify-between gap-x-8 gap-y-4">
        <Suspense fallback={<CheckSummary waiting text="Asking the vendors…" />}>
          <Told local={local} outside={outside} user={user} />
        </Suspense>
        <CheckAgain checkAgain={checkAgain} />
      </div>
      <CheckList areas={checkAreas(local)} />
      <Suspense fallback={<WaitingAreas areas={app.outsideAreas} />}>
        <Outside outside={outside} />
      </Suspense>
      <SmsSwitch pauses={pauses} action={switchSms} />
    </AdminPage>
  );
}

type Asked = { outside: Promise<CheckedLines> };

async function Told({ local, outside, user }: Asked & { local: CheckLine[]; user: UserView }) {
  const { lines, at } = await outside;
  return <CheckSummary {...checkSummary([...local, ...lines], at, user)} />;
}

async function Outside({ outside }: Asked) {
  return <CheckList areas={checkAreas((await outside).lines)} />;
}
