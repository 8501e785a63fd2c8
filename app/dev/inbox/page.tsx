import type { Metadata } from 'next';
import { DevPage } from '@/components/dev/dev-page';
import { Inbox } from '@/components/dev/inbox';
import { env } from '@/lib/env';
import { requireInbox } from '@/lib/http/guards';

export const metadata: Metadata = { title: 'Development inbox', robots: { index: false } };

export default async function InboxPage() {
  await requireInbox();
  return (
    <DevPage
      brand={env().APP_NAME}
      title="Development inbox"
      intro="Every message this app would have sent, as a phone would show it. Nothing here leaves this machine."
    >
      <Inbox />
    </DevPage>
  );
}
