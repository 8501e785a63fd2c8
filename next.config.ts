import type { NextConfig } from 'next';

/** On every response of every kind; pages get a stricter policy with a nonce in proxy.ts. */
const headers = [
  { key: 'x-content-type-options', value: 'nosniff' },
  { key: 'referrer-policy', value: 'strict-origin-when-cross-origin' },
  { key: 'x-frame-options', value: 'DENY' },
  { key: 'cross-origin-opener-policy', value: 'same-origin' },
  { key: 'cross-origin-resource-policy', value: 'same-origin' },
  {
    key: 'permissions-policy',
    value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
  },
];

const config: NextConfig = {
  // A second server in one folder (the test build beside `next dev`) needs a folder of its own.
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  poweredByHeader: false,
  reactStrictMode: true,
  typedRoutes: true,
  // Clients of other systems write their paths with a slash at the end; both forms are answered, neither redirects.
  skipTrailingSlashRedirect: true,
  // `next dev` opened by address instead of name would otherwise never hydrate.
  allowedDevOrigins: ['127.0.0.1'],
  // What a development checkout keeps to itself never belongs in a build.
  outputFileTracingExcludes: { '/*': ['.data/**/*', '.env*'] },
  serverExternalPackages: ['argon2', 'postgres', 'pino', 'sharp', 'twilio'],
  // Next tells in development what it was asked and with what: numbers and codes among it, which belong in no log.
  logging: { serverFunctions: false, incomingRequests: { ignore: [/^\/api\/(dev\/inbox|webhooks|user\/)/] } },
  experimental: { serverActions: { bodySizeLimit: '16kb' } },
  redirects: async () => ['/api/docs', '/redoc'].map((source) => ({ source, destination: '/docs', permanent: false })),
  headers: async () => [
    { source: '/:path*', headers },
    // An uploaded picture is shown by whoever knows its address: front ends elsewhere have image elements too.
    { source: '/api/avatars/:id', headers: [{ key: 'cross-origin-resource-policy', value: 'cross-origin' }] },
  ],
};

export default config;
