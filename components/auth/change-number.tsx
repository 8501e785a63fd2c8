'use client';

import { useRouter } from 'next/navigation';

/** Back to step one without loading a new page, so that the number typed there is still known. */
export function ChangeNumber() {
  const router = useRouter();
  return (
    <a
      href="/auth"
      onClick={(event) => {
        if (!event.metaKey && !event.ctrlKey && !event.shiftKey) {
          event.preventDefault();
          router.push('/auth');
        }
      }}
      className="-my-3 inline-block rounded py-3 font-medium whitespace-nowrap text-accent-text underline decoration-accent-text/40 underline-offset-4 hover:decoration-accent-text"
    >
      Change number
    </a>
  );
}
