import Link from 'next/link';
import { KeyDrawing } from '@/components/brand/key-drawing';
import { Logo } from '@/components/brand/logo';
import { buttonClass } from '@/components/ui/button-class';
import { ArrowRight } from '@/components/ui/more-icons';
import { env } from '@/lib/env';
import { currentUser } from '@/lib/http/guards';

const steps = [
  { title: 'Your number', text: 'Any country, written any way you like.' },
  { title: 'Your code', text: 'One text message, good for a few minutes and for one use.' },
  { title: 'You’re in', text: 'Sign out whenever you want. It takes effect at once.' },
];

export default async function LandingPage() {
  const signedIn = await currentUser();
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[minmax(0,1fr)_minmax(22rem,36%)]">
      <div className="mx-auto flex min-h-dvh w-full max-w-180 flex-col px-5 pt-6 sm:px-8 lg:max-w-none lg:px-16 lg:pt-10">
        <header>
          <Logo name={env().APP_NAME} />
        </header>
        <main className="flex flex-1 flex-col justify-between gap-20">
          <div className="max-w-150 pt-[clamp(4rem,16vh,11rem)]">
            <h1 className="text-display">Your phone is all you need.</h1>
            <p className="mt-6 max-w-110 text-lg text-ink-soft">
              Type your number, enter the code we text you, and you’re in. No password to remember, and none to lose.
            </p>
            <Link
              href={signedIn ? '/dashboard' : '/auth'}
              prefetch={false}
              className={buttonClass('primary', 'lg', 'mt-10 w-full sm:w-auto sm:px-6')}
            >
              {signedIn ? 'Go to dashboard' : 'Sign in'}
              <ArrowRight />
            </Link>
          </div>
          <ol className="grid border-t border-line pb-10 sm:grid-cols-3 sm:gap-8 lg:pb-14">
            {steps.map(({ title, text }, index) => (
              <li key={title} className="border-line py-5 not-first:border-t sm:border-0! sm:pb-0">
                <p className="text-sm text-ink-soft tabular-nums">{index + 1}</p>
                <h2 className="mt-1 text-base">{title}</h2>
                <p className="mt-1 text-sm text-ink-soft">{text}</p>
              </li>
            ))}
          </ol>
        </main>
      </div>
      <div className="sticky top-0 hidden h-dvh bg-panel py-12 text-on-panel lg:block">
        <KeyDrawing digits={[4, 1, 8, 2, 0, 6]} className="mx-auto h-full" />
      </div>
    </div>
  );
}
