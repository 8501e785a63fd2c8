import sharp from 'sharp';
import { bodyPolicy, imageQueuePolicy } from '../policy';
import { createTurns } from '../turns';

// Pictures share the thread pool with the code hashes: one at a time, so that uploads never hold up sign-ins.
const turns = createTurns(1, imageQueuePolicy);

const accepted = new Set(['jpeg', 'png', 'webp', 'gif', 'heif']);

/**
 * Decodes an upload and re-encodes it to a small square WebP: whatever else the file carried (EXIF, a second format,
 * scripts) is gone. Null when it is not a picture of a kind we take, or one too large to decode safely.
 */
export async function encodeAvatar(upload: Buffer): Promise<Buffer | null> {
  turns.assertRoom();
  return turns.take(() => encode(upload));
}

async function encode(upload: Buffer): Promise<Buffer | null> {
  try {
    const picture = sharp(upload, { limitInputPixels: bodyPolicy.maxInputPixels, failOn: 'error', pages: 1 });
    const { format } = await picture.metadata();
    if (!format || !accepted.has(format)) {
      return null;
    }
    const side = bodyPolicy.avatarPixels;
    return await picture
      .autoOrient()
      .resize(side, side, { fit: 'cover' })
      .webp({ quality: 82 })
      .timeout({ seconds: 5 })
      .toBuffer();
  } catch {
    return null;
  }
}
