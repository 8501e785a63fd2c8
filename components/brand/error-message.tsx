'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { startTransition } from 'react';
import { Button, buttonClass } from '@/components/ui/button';
import { MessagePage } from './message-page';

/** Something broke on the server. `reference` is what the log knows this failure by. */
export function ErrorMessage({ reference, retry }: { reference: string | undefined; retry: () => void }) {
  const router = useRouter();
  const again = () =>
    startTransition(() => {
      router.refresh();
      retry();
    });
  return (
    <MessagePage
      title="That didn’t work"
      text={
        <>
          <p>Something went wrong on our side. Nothing you entered was the cause, and trying again often helps.</p>
          {reference && (
            <p className="mt-4 text-sm">
              Reference <code className="rounded-sm bg-sunken px-1.5 py-0.5 text-ink select-all">{reference}</code>
            </p>
          )}
        </>
      }
    >
      <Button onClick={again}>Try again</Button>
      <Link href="/" prefetch={false} className={buttonClass('secondary')}>
        Go to the start
      </Link>
    </MessagePage>
  );
}
