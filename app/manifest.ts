import type { MetadataRoute } from 'next';
import { env } from '@/lib/env';

export const dynamic = 'force-dynamic';

export default function manifest(): MetadataRoute.Manifest {
  const { APP_NAME } = env();
  return {
    name: APP_NAME,
    short_name: APP_NAME,
    start_url: '/',
    display: 'standalone',
    background_color: '#f9f9f6',
    theme_color: '#f9f9f6',
    icons: [
      { src: '/logo.svg', sizes: 'any', type: 'image/svg+xml' },
      { src: '/logo-512.png', sizes: '512x512', type: 'image/png' },
    ],
  };
}
