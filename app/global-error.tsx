'use client';

import './globals.css';
import { GeistSans } from 'geist/font/sans';
import { Button } from '@/components/ui/button';
import { MessagePage } from '@/components/brand/message-page';

/** Stands in for the whole document when even the root layout failed, so it brings its own. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en" className={GeistSans.variable}>
      <head>
        <title>Something went wrong</title>
      </head>
      <body>
        <MessagePage
          title="That didn’t work"
          text={
            <>
              <p>Something went wrong on our side. Please load the page again in a moment.</p>
              {error.digest && <p className="mt-4 text-sm">Reference {error.digest}</p>}
            </>
          }
        >
          <Button onClick={() => window.location.reload()}>Load again</Button>
        </MessagePage>
      </body>
    </html>
  );
}
