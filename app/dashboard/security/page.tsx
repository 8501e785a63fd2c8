import type { Metadata } from 'next';
import Link from 'next/link';
import { troubleSentence } from '@/components/auth/google-words';
import { startCountry } from '@/components/auth/countries';
import { moment, readablePhone } from '@/components/dashboard/profile-words';
import { ChangeNumber } from '@/components/security/change-number';
import { DeleteAccount } from '@/components/security/delete-account';
import { Devices } from '@/components/security/devices';
import { DormantNumber } from '@/components/security/dormant-number';
import { DownloadData } from '@/components/security/download-data';
import { GoogleAccount } from '@/components/security/google-account';
import { Notices } from '@/components/security/notices';
import { Passkeys } from '@/components/passkeys/passkeys';
import { RecoveryCodes } from '@/components/security/recovery-codes';
import { RecentActivity } from '@/components/security/recent-activity';
import { Section } from '@/components/security/section';
import { activityRow, deviceRow, passkeyRow, recoveryRow, waitingRow } from '@/components/security/security-words';
import { StepUpProvider } from '@/components/security/step-up';
import { WaitingChange } from '@/components/security/waiting-change';
import { ArrowLeft } from '@/components/ui/more-icons';
import { Notice } from '@/components/ui/notice';
import { SaidOnce } from '@/components/ui/said-once';
import { textLink } from '@/components/ui/text-link';
import { requireUser } from '@/lib/http/guards';
import { maskedPhone } from '@/lib/phone/phone';
import { passkeyPolicy, recoveryCodePolicy } from '@/lib/policy';
import { server } from '@/lib/server';

export const metadata: Metadata = { title: 'Security' };

export default async function SecurityPage({ searchParams }: PageProps<'/dashboard/security'>) {
  const signedIn = await requireUser();
  const { user } = signedIn;
  const app = await server();
  const { error, linked, recovered } = await searchParams;
  const trouble = troubleSentence(error);
  const [devices, notices, activity, phone, dormant, [google], passkeys, sheet] = await Promise.all([
    app.devices(signedIn),
    app.notices(signedIn),
    app.activity(signedIn),
    app.phoneOf(signedIn),
    app.isNumberDormant(signedIn),
    app.googleAccounts(signedIn),
    app.passkeys(signedIn),
    app.recoveryCodes(signedIn),
  ]);
  const waiting = waitingRow(phone, user);
  const now = app.clock.now();
  const linkedNow = linked && google ? 'Your Google account is linked.' : null;
  const recoveredNow =
    recovered && sheet
      ? `You’re back in, and that code is used up: ${sheet.left} of ${recoveryCodePolicy.codes} are left. Don’t have that phone any more? Change your number now, and sign out the devices you lost.`
      : null;
  const news = trouble ?? linkedNow ?? recoveredNow;
  return (
    <StepUpProvider phone={user.phone && maskedPhone(user.phone)} passkey={app.hasPasskeys && passkeys.length > 0}>
      <Notices notices={notices.map((row) => activityRow(row, user))} />
      {waiting && <WaitingChange waiting={waiting} />}
      {dormant && !waiting && user.phone && <DormantNumber phone={readablePhone(user.phone)} />}
      <Link href="/dashboard" prefetch={false} className={`${textLink} text-sm no-underline!`}>
        <ArrowLeft className="mr-2 inline size-4 align-[-3px]" />
        Back
      </Link>
      <h1 className="mt-4 mb-10 text-title">Security</h1>
      {/* Another Google account, number or sheet: what was said of it is over. */}
      <SaidOnce key={[google?.id, user.phone, sheet?.made_at].join()} params={['error', 'linked', 'recovered']}>
        {news && (
          <div className="-mt-4 mb-8">
            <Notice kind={trouble ? 'danger' : 'positive'}>{news}</Notice>
          </div>
        )}
      </SaidOnce>
      <Section title="Phone number" text="The number you sign in with. Codes go there.">
        <ChangeNumber
          phone={user.phone ? readablePhone(user.phone) : ''}
          country={startCountry(app.env, user.phone)}
          allowed={app.env.ALLOWED_COUNTRIES}
          mayBeLost={user.role !== 'admin'}
        />
      </Section>
      {app.hasPasskeys && (
        <Section
          title="Passkeys"
          text="Sign in with your finger, face or PIN instead of a code. No false page can get a passkey out of you."
        >
          <Passkeys
            passkeys={passkeys.map((passkey) => passkeyRow(passkey, user))}
            elsewhere={devices.length > 1}
            nameCharacters={passkeyPolicy.nameCharacters}
          />
        </Section>
      )}
      {user.role !== 'admin' && (
        <Section title="Recovery codes" text="Your way back in, should you lose your phone and your passkeys.">
          <RecoveryCodes
            sheet={recoveryRow(sheet, user)}
            perSheet={recoveryCodePolicy.codes}
            appName={app.env.APP_NAME}
          />
        </Section>
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
            elsewhere={devices.length > 1}
            linked={google ? { id: google.id, email: google.email, since: moment(google.created_at, user) } : null}
          />
        </Section>
      )}
      <Section title="Recent activity" text="What happened to your account, newest first.">
        <RecentActivity activity={activity.map((row) => activityRow(row, user))} />
      </Section>
      <Section title="Your data" text="A copy of everything we hold about you, as a JSON file.">
        <DownloadData />
      </Section>
      <Section title="Delete account" text="The end of it, with time to think again.">
        <DeleteAccount graceDays={app.deletionGraceDays} />
      </Section>
    </StepUpProvider>
  );
}
