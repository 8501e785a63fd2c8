import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The secret of a development checkout, made on first use and kept in `.data/` so that sessions survive a restart.
 * Production never gets here: it must be given one.
 */
export function developmentSecret(): string {
  const file = path.join(/* turbopackIgnore: true */ process.cwd(), '.data', 'secret');
  mkdirSync(path.dirname(file), { recursive: true });
  try {
    // 'wx' makes two processes that start at once agree on one secret.
    writeFileSync(file, randomBytes(48).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
  }
  return readFileSync(file, 'utf8').trim();
}
