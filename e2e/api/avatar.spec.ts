import { crc32, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { type Answer, bearer } from '../fixtures/http-client';
import { complaints, expectProblem, userOf } from '../fixtures/shapes';
import { signIn } from '../fixtures/sign-in';
import { expect, test as base } from '../fixtures/test';

const SECRET_PLACE = 'taken-at-home-51.5007N';
const picture = (width = 640, height = 480) => sharp({ create: { width, height, channels: 3, background: '#0a7' } });

type Upload = (body: Uint8Array | string, type: string) => Promise<Answer>;
const test = base.extend<{ phone: string; headers: { authorization: string }; upload: Upload }>({
  phone: async ({ newPhone }, provide) => provide(newPhone()),
  headers: async ({ client, phone }, provide) => provide(bearer((await signIn(client, phone)).tokens.access)),
  upload: async ({ client, headers }, provide) =>
    provide((body, type) =>
      client.call('PUT', '/api/me/avatar', { headers: { ...headers, 'content-type': type }, body }),
    ),
});

const encodings = {
  'image/png': () => picture().png().toBuffer(),
  'image/jpeg': () => picture().jpeg().toBuffer(),
  'image/webp': () => picture().webp().toBuffer(),
  'image/gif': () => picture(64, 64).gif().toBuffer(),
  'image/avif': () => picture(64, 64).avif({ effort: 0 }).toBuffer(),
};
for (const [type, encode] of Object.entries(encodings)) {
  test(`a raw ${type} becomes a small square WebP at an address of its own`, async ({ client, run, phone, upload }) => {
    const answer = await upload(await encode(), type);
    expect(answer.status, answer.text).toBe(200);
    const address = expect.stringMatching(new RegExp(`^${run.appUrl}/api/avatars/[0-9a-f-]{36}$`));
    expect(answer.json()).toEqual(userOf(phone, { avatar_url: address }));
    const image = await client.get(String(answer.json().avatar_url));
    expect(image.status).toBe(200);
    expect(image.headers['content-type']).toBe('image/webp');
    expect(image.headers['x-content-type-options']).toBe('nosniff');
    expect(image.headers['content-security-policy']).toContain("default-src 'none'");
    const { format, width, height } = await sharp(image.body).metadata();
    expect([format, width, height]).toEqual(['webp', 256, 256]);
    expect(image.body.length).toBeLessThan(50_000);
  });
}

test('what a camera writes about the place is gone, and the picture is upright', async ({ client, upload }) => {
  const jpeg = await picture(400, 200)
    .withExif({ IFD0: { Copyright: SECRET_PLACE, Orientation: '6' } })
    .jpeg()
    .toBuffer();
  expect(jpeg.includes(SECRET_PLACE)).toBe(true);
  const answer = await upload(jpeg, 'image/jpeg');
  const { body } = await client.get(String(answer.json().avatar_url));
  expect(body.includes(SECRET_PLACE)).toBe(false);
  const { exif, icc, xmp, orientation } = await sharp(body).metadata();
  expect([exif, icc, xmp, orientation ?? 1]).toEqual([undefined, undefined, undefined, 1]);
});

test('a multipart form with one file works as well', async ({ client, headers }) => {
  const form = new FormData();
  form.append('note', 'not a file');
  form.append(
    'avatar',
    new Blob([new Uint8Array(await picture().png().toBuffer())], { type: 'image/png' }),
    '../../etc/passwd.png',
  );
  const encoded = new Response(form);
  const body = new Uint8Array(await encoded.arrayBuffer());
  const type = encoded.headers.get('content-type') ?? '';
  const answer = await client.call('PUT', '/api/me/avatar', { headers: { ...headers, 'content-type': type }, body });
  expect(answer.status, answer.text).toBe(200);
  expect(answer.json().avatar_url).toEqual(expect.stringContaining('/api/avatars/'));
});

test('a new picture replaces the old one, whose address then leads nowhere', async ({ client, upload }) => {
  const png = await picture().png().toBuffer();
  const first = String((await upload(png, 'image/png')).json().avatar_url);
  const second = String((await upload(png, 'image/png')).json().avatar_url);
  expect(second).not.toBe(first);
  expectProblem(await client.get(first), 'not_found');
  expect((await client.get(second)).status).toBe(200);
});

test('DELETE removes the picture and answers alike when there is none', async ({ client, headers, upload }) => {
  const address = String((await upload(await picture().png().toBuffer(), 'image/png')).json().avatar_url);
  for (let round = 0; round < 2; round += 1) {
    const answer = await client.call('DELETE', '/api/me/avatar', { headers });
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ success: true, message: expect.any(String) });
  }
  expect((await client.get('/api/me', { headers })).json()).toMatchObject({ avatar_url: null });
  expectProblem(await client.get(address), 'not_found');
});

test('an address given as avatar_url replaces an uploaded picture', async ({ client, headers, upload }) => {
  await upload(await picture().png().toBuffer(), 'image/png');
  const answer = await client.call('PATCH', '/api/me', { headers, json: { avatar_url: 'https://example.com/me.png' } });
  expect(answer.json()).toMatchObject({ avatar_url: 'https://example.com/me.png' });
});

test('more than 5 MB is refused, told by its header or found while reading', async ({ client, headers, upload }) => {
  const large = Buffer.alloc(5 * 1024 * 1024 + 1);
  expectProblem(await upload(large, 'image/png'), 'payload_too_large');
  const chunked = { ...headers, 'content-type': 'image/png', 'transfer-encoding': 'chunked' };
  expectProblem(await client.call('PUT', '/api/me/avatar', { headers: chunked, body: large }), 'payload_too_large');
});

test('what is no picture is refused, whatever it says it is', async ({ upload }) => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  const tiff = await picture(8, 8).tiff().toBuffer();
  const cut = (await picture().png().toBuffer()).subarray(0, 200);
  const bodies: [Uint8Array | string, string][] = [
    ['hello', 'text/plain'],
    ['{}', 'application/json'],
    ['hello', 'image/png'],
    [svg, 'image/svg+xml'],
    [svg, 'image/png'],
    ['<html>', 'image/jpeg'],
    [tiff, 'image/png'],
    [cut, 'image/png'],
    [Buffer.alloc(1000), 'image/webp'],
  ];
  for (const [body, type] of bodies) expectProblem(await upload(body, type), 'unsupported_media_type');
});

test('of a file that is two things at once only the picture is kept', async ({ client, upload, sql, phone }) => {
  const script = Buffer.from('=1;/*canary-script*/alert(document.domain)//');
  const gif = Buffer.concat([await picture(8, 8).gif().toBuffer(), script]);
  const jpeg = await picture(64, 64).jpeg().toBuffer();
  const comment = Buffer.from('canary-script <script>alert(1)</script> %PDF-1.7 canary-pdf');
  const segment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, comment.length + 2]), comment]);
  const polyglots: [string, Buffer, string][] = [
    ['a GIF and a script', gif, 'image/gif'],
    ['a JPEG and a PDF', Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]), 'image/jpeg'],
    [
      'a PNG and a page',
      Buffer.concat([await picture(8, 8).png().toBuffer(), Buffer.from('<html>canary-html')]),
      'image/png',
    ],
    [
      'a PNG and an archive',
      Buffer.concat([await picture(8, 8).png().toBuffer(), Buffer.from('PK\u0003\u0004canary-zip')]),
      'image/png',
    ],
    ['a WebP told to be a page', await picture(8, 8).webp().toBuffer(), 'image/html'],
  ];
  for (const [name, body, type] of polyglots) {
    await test.step(name, async () => {
      const answer = await upload(body, type);
      expect(answer.status, answer.text).toBe(200);
      const kept = await client.get(String(answer.json().avatar_url));
      expect(kept.headers['content-type']).toBe('image/webp');
      expect(kept.body.subarray(0, 4).toString()).toBe('RIFF');
      expect(kept.body.readUInt32LE(4)).toBe(kept.body.length - 8);
      expect(kept.body.includes('canary')).toBe(false);
    });
  }
  const [stored] = await sql<{ image: Buffer }[]>`
    select a.image from avatars a join users u on u.id = a.user_id where u.phone = ${phone}`;
  expect(stored?.image.subarray(0, 4).toString()).toBe('RIFF');
  expect(stored?.image.includes('canary')).toBe(false);
});

test('a picture by another name only is refused: SVG, PDF, HTML, TIFF, a movie', async ({ upload }) => {
  const bodies: [string, string | Buffer][] = [
    [
      'SVG',
      '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script></svg>',
    ],
    [
      'SVG that reads a file',
      '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd" width="9" height="9"/></svg>',
    ],
    ['a PDF', '%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>'],
    [
      'a PDF behind the first bytes of a JPEG',
      Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from('%PDF-1.7')]),
    ],
    ['a script behind the first bytes of a GIF', 'GIF89a=1;alert(1)//'],
    ['a page', '<!doctype html><script>alert(1)</script>'],
    ['PostScript', '%!PS-Adobe-3.0\n(x) show'],
    [
      'ImageMagick’s own language',
      'push graphic-context\nviewbox 0 0 1 1\nimage over 0,0 0,0 "|id"\npop graphic-context',
    ],
    ['a GIF without an end', Buffer.from('474946383961ffffffff00000021f90400', 'hex')],
    ['a PNG of 65535 pixels each way', pngHeader(65_535, 65_535)],
    ['a PNG of no pixels', pngHeader(0, 0)],
  ];
  for (const [name, body] of bodies) {
    for (const type of ['image/png', 'image/jpeg', 'image/svg+xml']) {
      await test.step(`${name} as ${type}`, async () =>
        expectProblem(await upload(body, type), 'unsupported_media_type'));
    }
  }
});

/** The start of a PNG that promises this size, and nothing after it. */
function pngHeader(width: number, height: number): Buffer {
  const header = Buffer.alloc(33);
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(header);
  header.writeUInt32BE(width, 16);
  header.writeUInt32BE(height, 20);
  Buffer.from([8, 2, 0, 0, 0]).copy(header, 24);
  header.writeUInt32BE(crc32(header.subarray(12, 29)), 29);
  return header;
}

test('of an animation the first picture is kept, however many there are', async ({ client, upload }) => {
  const size = { width: 32, height: 32 };
  const frames = await Promise.all(
    Array.from({ length: 40 }, (_, frame) =>
      sharp({ create: { ...size, channels: 3, background: { r: frame * 6, g: 0, b: 0 } } })
        .png()
        .toBuffer(),
    ),
  );
  for (const format of ['gif', 'webp'] as const) {
    const moving = await sharp(frames, { join: { animated: true } })
      [format]()
      .toBuffer();
    expect((await sharp(moving).metadata()).pages).toBeGreaterThan(10);
    const answer = await upload(moving, `image/${format}`);
    expect(answer.status, answer.text).toBe(200);
    const kept = await sharp((await client.get(String(answer.json().avatar_url))).body).metadata();
    expect([kept.pages ?? 1, kept.width, kept.height]).toEqual([1, 256, 256]);
  }
});

test('a packed body is refused unopened, and a picture that is cut off anywhere is one that is none', async ({
  client,
  headers,
  upload,
}) => {
  const packed = { ...headers, 'content-type': 'image/png', 'content-encoding': 'gzip' };
  const body = gzipSync(await picture(8, 8).png().toBuffer());
  expectProblem(await client.call('PUT', '/api/me/avatar', { headers: packed, body }), 'unsupported_media_type');
  for (const format of ['jpeg', 'png', 'webp', 'gif'] as const) {
    const whole = await picture(64, 64).toFormat(format).toBuffer();
    for (const part of [1, 12, 33, Math.floor(whole.length / 2)]) {
      const answer = await upload(whole.subarray(0, part), `image/${format}`);
      await test.step(`${format}, ${part} bytes`, () => expectProblem(answer, 'unsupported_media_type'));
    }
  }
});

test('where a picture was taken is in nothing that is stored', async ({ upload, sql, phone }) => {
  const jpeg = await picture(64, 64)
    .withExif({
      IFD0: { Make: 'canary-camera', Artist: 'canary-person' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
    })
    .withIccProfile('p3')
    .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><!--canary-xmp--></x:xmpmeta>')
    .jpeg()
    .toBuffer();
  expect(jpeg.includes('canary-camera')).toBe(true);
  expect((await upload(jpeg, 'image/jpeg')).status).toBe(200);
  const [stored] = await sql<{ image: Buffer }[]>`
    select a.image from avatars a join users u on u.id = a.user_id where u.phone = ${phone}`;
  const { format, exif, xmp, icc, iptc } = await sharp(stored?.image).metadata();
  expect({ format, exif, xmp, icc, iptc }).toEqual({ format: 'webp' });
  for (const chunk of ['EXIF', 'XMP ', 'ICCP', 'canary']) expect(stored?.image.includes(chunk)).toBe(false);
});

test('a picture with too many pixels is refused before it is unpacked', async ({ upload }) => {
  const bomb = await sharp({ create: { width: 16_000, height: 4_000, channels: 3, background: '#fff' } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  expect(bomb.length).toBeLessThan(1024 * 1024);
  expectProblem(await upload(bomb, 'image/png'), 'unsupported_media_type');
});

test('a request without a picture is refused', async ({ upload }) => {
  const boundary = 'multipart/form-data; boundary=x';
  for (const [body, type] of [
    ['', 'image/png'],
    ['--x--\r\n', boundary],
    ['garbage', boundary],
    ['', boundary],
  ] as const) {
    const answer = await upload(body, type);
    expectProblem(answer, 'invalid_request');
    expect(complaints(answer)).toEqual([]);
  }
  expectProblem(await upload('x', 'multipart/form-data'), 'unsupported_media_type');
});

test('only the owner can set or remove a picture', async ({ client }) => {
  expectProblem(
    await client.call('PUT', '/api/me/avatar', { headers: { 'content-type': 'image/png' }, body: 'x' }),
    'unauthenticated',
  );
  expectProblem(await client.call('DELETE', '/api/me/avatar'), 'unauthenticated');
});

test('addresses that name no picture answer 404', async ({ client }) => {
  for (const id of ['01890a5d-ac96-774b-bcce-b302099a8057', 'x', '%00', '..%2f..%2fetc', "1'--"]) {
    expectProblem(await client.get(`/api/avatars/${id}`), 'not_found');
  }
});
