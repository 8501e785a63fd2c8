import { refuse, type Result } from '../errors';
import { bodyPolicy } from '../policy';
import { isPacked, readBytes } from './body-bytes';

/** Room for the boundary lines and headers around a file of the largest size. */
const MULTIPART_OVERHEAD_BYTES = 4096;

/**
 * An uploaded picture: the raw body (Content-Type image/…), or the first file of a multipart form. 413 past the size
 * limit, 415 for other media types. The bytes are not trusted to be what they claim.
 */
export async function readImage(
  request: Request,
): Promise<Result<{ image: Buffer }, 'payload_too_large' | 'unsupported_media_type' | 'invalid_request'>> {
  const type = request.headers.get('content-type') ?? '';
  const multipart = /^multipart\/form-data\s*;/i.test(type);
  if (isPacked(request.headers) || (!multipart && !/^image\/[\w.+-]+\s*(;|$)/i.test(type))) {
    return refuse('unsupported_media_type', {
      message: 'Send a picture: an image/… body, or a multipart form with one file.',
    });
  }
  const most = bodyPolicy.imageBytes + (multipart ? MULTIPART_OVERHEAD_BYTES : 0);
  const bytes = await readBytes(request, most, bodyPolicy.imageSeconds);
  const image = bytes && multipart ? await firstFile(bytes, type) : bytes;
  if (bytes === null || (image && image.length > bodyPolicy.imageBytes)) {
    return refuse('payload_too_large', {
      message: `A picture may have at most ${bodyPolicy.imageBytes / 1024 / 1024} MB.`,
    });
  }
  return image && image.length > 0
    ? { ok: true, image }
    : refuse('invalid_request', { message: 'There is no picture in the request.' });
}

async function firstFile(body: Buffer, contentType: string): Promise<Buffer | null> {
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
    const file = [...form.values()].find((value) => value instanceof File);
    return file ? Buffer.from(await file.arrayBuffer()) : null;
  } catch {
    return null;
  }
}
