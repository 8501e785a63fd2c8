'use client';

import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { textLink } from '@/components/ui/text-link';

/** Back to step one without loading a new page, so that the number typed there is still known. */
export function ChangeNumber({ children }: { children: ReactNode }) {
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
      className={textLink}
    >
      {children}
    </a>
  );
}
