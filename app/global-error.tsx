'use client';

import './globals.css';
import { GeistSans } from 'geist/font/sans';
import { ErrorMessage } from '@/components/brand/error-message';

/** Stands in for the whole document when even the root layout failed, so it brings its own. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en" className={GeistSans.variable}>
      <head>
        <title>Something went wrong</title>
      </head>
      <body>
        <ErrorMessage reference={error.digest} />
      </body>
    </html>
  );
}
