import type { Metadata } from 'next';
import { KeyDrawing } from '@/components/brand/key-drawing';
import { MessagePage } from '@/components/brand/message-page';
import { buttonClass } from '@/components/ui/button-class';

export const metadata: Metadata = { title: 'Page not found' };

/** A key without a single cut: it opens nothing here. */
const blank = Array.from({ length: 6 }, () => undefined);

const START = '/';

export default function NotFound() {
  return (
    <MessagePage
      title="Page not found"
      text="This key fits no door: there is no page at this address. It may have moved, or the link was cut short."
      drawing={<KeyDrawing digits={blank} className="hidden h-[min(28rem,70vh)] text-line-strong sm:block" />}
    >
      <a href={START} className={buttonClass()}>
        Go to the start
      </a>
    </MessagePage>
  );
}
