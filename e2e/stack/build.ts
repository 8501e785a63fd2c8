import { pathToFileURL } from 'node:url';
import { ensureBuild } from '@/lib/commands/production-build';

/** The tests' production build has a folder of its own, so that it disturbs neither `next dev` nor `npm start`. */
export const BUILD_FOLDER = '.next-e2e';
/** So has the tests' `npm run dev`. */
export const DEVELOPMENT_FOLDER = '.next-e2e-dev';

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  // Ctrl-C ends the build; we stay to put the files back.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  ensureBuild(BUILD_FOLDER);
}
