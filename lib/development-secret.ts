import { randomBytes } from 'node:crypto';
import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/**
 * The secret of a development checkout, made on first use and kept in `.data/` so that sessions survive a restart.
 * Production never gets here: it must be given one.
 *
 * @throws {Error} where the file is there and has no secret in it: keys would be derived from next to nothing.
 */
export function developmentSecret(folder = path.join(/* turbopackIgnore: true */ process.cwd(), '.data')): string {
  const file = path.join(folder, 'secret');
  if (!existsSync(file)) {
    make(file);
  }
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length < 32) {
    throw new Error(`${file} has no secret in it. Delete it, and a new one is made.`);
  }
  return secret;
}

/** Of two processes that start at once one gives it its name, when it is written: nobody reads half of it. */
function make(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}-${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, randomBytes(48).toString('base64url'), { flag: 'wx', mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    // Not every file system has links.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      copyFileSync(draft, file, constants.COPYFILE_EXCL);
    }
  } finally {
    unlinkSync(draft);
  }
}
