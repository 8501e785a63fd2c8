import type { Metadata } from 'next';
import Link from 'next/link';
import { Devices } from '@/components/security/devices';
import { Notices } from '@/components/security/notices';
import { RecentActivity } from '@/components/security/recent-activity';
import { Section } from '@/components/security/section';
import { activityRow, deviceRow } from '@/components/security/security-words';
import { StepUpProvider } from '@/components/security/step-up';
import { ArrowLeft } from '@/components/ui/icons';
import { textLink } from '@/components/ui/text-link';
import { requireUser } from '@/lib/http/guards';
import { maskedPhone } from '@/lib/phone/phone';
import { server } from '@/lib/server';

export const metadata: Metadata = { title: 'Security' };

export default async function SecurityPage() {
  const signedIn = await requireUser();
  const { user } = signedIn;
  const app = await server();
  const [devices, notices, activity] = await Promise.all([
    app.devices(signedIn),
    app.notices(signedIn),
    app.activity(signedIn),
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
      <Section
        title="Where you’re signed in"
        text="Browsers and apps that can use your account. Sign out whatever you don’t recognise."
      >
        <Devices devices={devices.map((device) => deviceRow(device, user, now))} />
      </Section>
      <Section title="Recent activity" text="What happened to your account, newest first.">
        <RecentActivity activity={activity.map((row) => activityRow(row, user))} />
      </Section>
    </StepUpProvider>
  );
}
