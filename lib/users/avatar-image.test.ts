import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodeAvatar } from './avatar-image';

const picture = (width = 800, height = 600) => sharp({ create: { width, height, channels: 3, background: '#c33' } });

describe('encodeAvatar', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)('makes a small square WebP of a %s', async (format) => {
    const encoded = await encodeAvatar(await picture().toFormat(format).toBuffer());
    const { format: result, width, height } = await sharp(encoded ?? Buffer.alloc(0)).metadata();
    expect({ result, width, height }).toEqual({ result: 'webp', width: 256, height: 256 });
  });

  it('keeps nothing of what the file told about camera and place', async () => {
    const upload = await picture()
      .withExif({ IFD0: { Copyright: 'canary-7431' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
      .jpeg()
      .toBuffer();
    expect(upload.includes('canary-7431')).toBe(true);
    const encoded = await encodeAvatar(upload);
    expect(encoded?.includes('canary-7431')).toBe(false);
    expect((await sharp(encoded ?? Buffer.alloc(0)).metadata()).exif).toBeUndefined();
  });

  it('keeps nothing that was appended to a picture', async () => {
    const encoded = await encodeAvatar(
      Buffer.concat([await picture().png().toBuffer(), Buffer.from('<script>alert(1)</script>')]),
    );
    expect(encoded?.includes('script')).toBe(false);
  });

  it('refuses what is no picture, a drawing with scripts, a cut-off file and one too large to decode', async () => {
    const whole = await picture().jpeg().toBuffer();
    const bomb = await sharp({
      create: { width: 12_000, height: 12_000, channels: 3, background: '#000' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 9 })
      .toBuffer();
    for (const upload of [
      Buffer.alloc(0),
      Buffer.from('hello'),
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      whole.subarray(0, whole.length / 2),
      bomb,
    ]) {
      expect(await encodeAvatar(upload)).toBeNull();
    }
  });
});
