import './globals.css';
import { GeistSans } from 'geist/font/sans';
import { type Metadata, type Viewport } from 'next';
import { connection } from 'next/server';
import type { ReactNode } from 'react';
import { env } from '@/lib/env';

export function generateMetadata(): Metadata {
  const { APP_NAME, APP_URL } = env();
  return {
    metadataBase: new URL(APP_URL),
    title: { default: APP_NAME, template: `%s · ${APP_NAME}` },
    description: `Sign in to ${APP_NAME} with your phone number.`,
    applicationName: APP_NAME,
    // Numbers on these pages are not there to be called.
    formatDetection: { telephone: false },
  };
}

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f9f9f6' },
    { media: '(prefers-color-scheme: dark)', color: '#0f1411' },
  ],
  colorScheme: 'light dark',
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Every page carries a nonce of its own and the brand of the running server: none may be frozen at build time.
  await connection();
  return (
    <html lang="en" className={GeistSans.variable}>
      <body>{children}</body>
    </html>
  );
}
