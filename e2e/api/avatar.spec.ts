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
