import type { ReactNode } from 'react';
import { KeyPanel, StepIndicator } from '@/components/auth/auth-progress';
import { Logo } from '@/components/brand/logo';
import { env } from '@/lib/env';

/** A plain link: the router's own would cost the first page three kilobytes for a click hardly anybody makes. */
const START = '/';

/** The frame of the three steps. It stays while they change, so that only what is new moves. */
export default function AuthLayout({ children }: { children: ReactNode }) {
  const { APP_NAME, OTP_LENGTH } = env();
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[minmax(0,1fr)_minmax(22rem,42%)]">
      <div className="mx-auto flex min-h-dvh w-full max-w-125 flex-col px-5 pt-6 pb-8 sm:px-8 lg:max-w-none lg:px-12 lg:pt-10">
        <header>
          <a href={START} className="-my-1.5 inline-flex rounded py-1.5">
            <Logo name={APP_NAME} />
          </a>
        </header>
        <main className="w-full max-w-100 pt-[clamp(2.5rem,14vh,9rem)] lg:mx-auto">
          <StepIndicator />
          <div className="mt-6">{children}</div>
        </main>
      </div>
      <KeyPanel codeLength={OTP_LENGTH} />
    </div>
  );
}
