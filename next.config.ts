import type { NextConfig } from 'next';

const config: NextConfig = {
  // A second server in one folder (the test build beside `next dev`) needs a folder of its own.
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  poweredByHeader: false,
  reactStrictMode: true,
  // Those of tests and bench: `npm run typecheck` has checked the types, the tests' own among them.
  typescript: { ignoreBuildErrors: process.env.NEXT_TYPES_CHECKED === 'true' },
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
  // Nothing here needs Next's image service, and it would keep copies of pictures that people have removed.
  images: { unoptimized: true },
  experimental: {
    serverActions: { bodySizeLimit: '16kb' },
    // A test that starts a server for one question loads no more than that needs.
    preloadEntriesOnStart: process.env.NEXT_LOAD_WHEN_ASKED !== 'true',
  },
  redirects: async () => ['/api/docs', '/redoc'].map((source) => ({ source, destination: '/docs', permanent: false })),
};

export default config;
