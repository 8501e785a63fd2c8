import type { NextConfig } from 'next';

const config: NextConfig = {
  // A second server in one folder (the test build beside `next dev`) needs a folder of its own.
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  poweredByHeader: false,
  reactStrictMode: true,
  typedRoutes: true,
  skipTrailingSlashRedirect: true,
  // `next dev` opened by address instead of name would otherwise never hydrate.
  allowedDevOrigins: ['127.0.0.1'],
  serverExternalPackages: ['argon2', 'postgres', 'pino', 'sharp'],
};

export default config;
