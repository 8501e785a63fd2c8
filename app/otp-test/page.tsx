import type { Metadata } from 'next';
import { DevPage } from '@/components/dev/dev-page';
import { OtpConsole } from '@/components/dev/otp-console';
import { textLink } from '@/components/ui/text-link';
import { env } from '@/lib/env';
import { requireInbox } from '@/lib/http/guards';

export const metadata: Metadata = { title: 'OTP test', robots: { index: false } };

export default async function OtpTestPage() {
  await requireInbox();
  return (
    <DevPage
      brand={env().APP_NAME}
      title="OTP test"
      intro={
        <>
          <p>
            Walks the API the way a mobile app does: send a code, read it, verify it, ask who is signed in. Tokens stay
            in this page’s memory and are gone when you leave.
          </p>
          <p className="mt-3">
            <a href="/dev/inbox" className={textLink}>
              Open the development inbox
            </a>
          </p>
        </>
      }
    >
      <OtpConsole />
    </DevPage>
  );
}
