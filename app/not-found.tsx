import type { Metadata } from 'next';
import Link from 'next/link';
import { MessagePage } from '@/components/brand/message-page';
import { buttonClass } from '@/components/ui/button';

export const metadata: Metadata = { title: 'Page not found' };

export default function NotFound() {
  return (
    <MessagePage
      title="This key fits no door"
      text="There is no page at this address. It may have moved, or the link was cut short."
    >
      <Link href="/" prefetch={false} className={buttonClass()}>
        Go to the start
      </Link>
    </MessagePage>
  );
}
