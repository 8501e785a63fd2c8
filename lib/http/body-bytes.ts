import { RefusalError, refuse } from '../errors';
import { bodyPolicy } from '../policy';

/** Compressed on its way: the size of what is in it is anybody's guess. */
export const isPacked = (headers: Headers): boolean =>
  /[^,\s]/.test(headers.get('content-encoding')?.replace(/identity/gi, '') ?? '');

/**
 * The whole body, or null when it has more than `most` bytes.
 * @throws {RefusalError} `invalid_request` when it does not arrive within `seconds`, nothing of it for a while, or its sender
 * hangs up: a fault of theirs.
 */
export async function readBytes(
  request: Request,
  most: number,
  seconds: number = bodyPolicy.jsonSeconds,
): Promise<Buffer | null> {
  if (Number(request.headers.get('content-length') ?? 0) > most) {
    return null;
  }
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let whole: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    whole = setTimeout(() => reject(tooSlow()), seconds * 1000);
  });
  overdue.catch(() => undefined);
  try {
    for (;;) {
      const piece = reader ? await Promise.race([nextPiece(reader), overdue]) : null;
      if (!piece) {
        return Buffer.concat(chunks, length);
      }
      length += piece.length;
      if (length > most) {
        return null;
      }
      chunks.push(piece);
    }
  } catch (error) {
    // Whatever still comes is not waited for.
    void reader?.cancel().catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(whole);
  }
}

async function nextPiece(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | null> {
  let silent: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    silent = setTimeout(() => reject(tooSlow()), bodyPolicy.silentSeconds * 1000);
  });
  try {
    const { done, value } = await Promise.race([reader.read().catch(brokenOff), silence]);
    return done ? null : value;
  } finally {
    clearTimeout(silent);
  }
}

function brokenOff(): never {
  throw new RefusalError(refuse('invalid_request', { message: 'The body broke off.' }));
}

const tooSlow = () =>
  new RefusalError(refuse('invalid_request', { message: 'The body did not arrive in time. Try again.' }));
