import type { Metadata } from 'next';
import Link from 'next/link';
import { troubleSentence } from '@/components/auth/google-words';
import { moment } from '@/components/dashboard/profile-words';
import { Devices } from '@/components/security/devices';
import { GoogleAccount } from '@/components/security/google-account';
import { Notices } from '@/components/security/notices';
import { RecentActivity } from '@/components/security/recent-activity';
import { Section } from '@/components/security/section';
import { activityRow, deviceRow } from '@/components/security/security-words';
import { StepUpProvider } from '@/components/security/step-up';
import { ArrowLeft } from '@/components/ui/icons';
import { Notice } from '@/components/ui/notice';
import { textLink } from '@/components/ui/text-link';
import { requireUser } from '@/lib/http/guards';
import { maskedPhone } from '@/lib/phone/phone';
import { server } from '@/lib/server';

export const metadata: Metadata = { title: 'Security' };

export default async function SecurityPage({ searchParams }: PageProps<'/dashboard/security'>) {
  const signedIn = await requireUser();
  const { user } = signedIn;
  const app = await server();
  const { error, linked } = await searchParams;
  const trouble = troubleSentence(error);
  const [devices, notices, activity, [google]] = await Promise.all([
    app.devices(signedIn),
    app.notices(signedIn),
    app.activity(signedIn),
    app.googleAccounts(signedIn),
  ]);
  const now = app.clock.now();
  return (
    <StepUpProvider phone={user.phone && maskedPhone(user.phone)}>
      <Notices notices={notices.map((row) => activityRow(row, user))} />
      <Link href="/dashboard" prefetch={false} className={`${textLink} text-sm no-underline!`}>
        <ArrowLeft className="mr-2 inline size-4 align-[-3px]" />
        Back
      </Link>
      <h1 className="mt-4 mb-10 text-title">Security</h1>
      {(trouble ?? linked) && (
        <div className="-mt-4 mb-8">
          <Notice kind={trouble ? 'danger' : 'positive'}>
            {trouble ?? (google && 'Your Google account is linked.')}
          </Notice>
        </div>
      )}
      <Section
        title="Where you’re signed in"
        text="Browsers and apps that can use your account. Sign out whatever you don’t recognise."
      >
        <Devices devices={devices.map((device) => deviceRow(device, user, now))} />
      </Section>
      {app.env.google && (
        <Section title="Sign in with Google" text="Another way in, should you not have your phone with you.">
          <GoogleAccount
            linked={google ? { id: google.id, email: google.email, since: moment(google.created_at, user) } : null}
          />
        </Section>
      )}
      <Section title="Recent activity" text="What happened to your account, newest first.">
        <RecentActivity activity={activity.map((row) => activityRow(row, user))} />
      </Section>
    </StepUpProvider>
  );
}
