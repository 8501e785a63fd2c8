import { describe, expect, it } from 'vitest';
import { isForeignOrigin, listedOrigin, shareAnswer, sharePreflight } from './cors';

const front = 'https://front.example';
const site = { APP_URL: 'https://latchkey.example', CORS_ALLOWED_ORIGINS: [front] };
const asking = (path: string, headers: Record<string, string>) => ({
  url: `${site.APP_URL}${path}`,
  headers: new Headers(headers),
});

function answered(path: string, sent: Record<string, string>) {
  const headers = new Headers({ 'set-cookie': 'a=b', 'clear-site-data': '"cookies"', vary: 'RSC' });
  shareAnswer(asking(path, sent), site, headers);
  return Object.fromEntries(headers);
}

describe('listedOrigin', () => {
  it('is the origin that asks, where it is listed to the letter', () => {
    expect(listedOrigin(asking('/api/me', { origin: front }), site)).toBe(front);
    const others = [
      'null',
      '*',
      '',
      `${front}/`,
      `${front}:443`,
      `${front}.evil.example`,
      `${front}, ${front}`,
      'http://front.example',
      'https://a.front.example',
      'HTTPS://FRONT.EXAMPLE',
      site.APP_URL,
    ];
    for (const origin of others) {
      expect(listedOrigin(asking('/api/me', { origin }), site), origin).toBeNull();
    }
    expect(listedOrigin(asking('/api/me', {}), site)).toBeNull();
  });

  it('is nobody for the administrators’ calls, receipts, the inbox and our pages’ own sign-in, however their paths are written', () => {
    for (const path of [
      '/auth/passkey',
      '/auth/passkey/',
      '/api/admin/deliveries',
      '/api/admin',
      '/api/%61dmin/deliveries',
      '/api/webhooks/twilio/status',
      '/api/dev/inbox/',
    ]) {
      expect(listedOrigin(asking(path, { origin: front }), site), path).toBeNull();
    }
    expect(listedOrigin(asking('/api/administrators', { origin: front }), site)).toBe(front);
  });
});

describe('shareAnswer', () => {
  it('names the listed origin, never allows credentials, and takes cookies off', () => {
    expect(answered('/api/me', { origin: front })).toEqual({
      vary: 'RSC, Origin',
      'access-control-allow-origin': front,
      'access-control-expose-headers': 'Retry-After, X-Request-Id',
    });
  });

  it('says nothing to others, but that the answer depends on who asks', () => {
    for (const origin of ['https://evil.example', 'null']) {
      expect(answered('/api/me', { origin })).toEqual({ vary: 'RSC, Origin' });
    }
  });

  it('leaves cookies to our own pages', () => {
    const ours = { vary: 'RSC, Origin', 'set-cookie': 'a=b', 'clear-site-data': '"cookies"' };
    expect(answered('/api/me', {})).toEqual(ours);
    expect(answered('/api/me', { origin: site.APP_URL })).toEqual(ours);
  });
});

describe('sharePreflight', () => {
  const preflight = (sent: Record<string, string>) => {
    const headers = new Headers();
    sharePreflight(asking('/api/me', sent), site, 'GET, HEAD, PATCH', headers);
    return Object.fromEntries(headers);
  };
  const vary = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

  it('allows a listed origin the methods of the route and the two headers, and no credentials', () => {
    const asked = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-evil' };
    expect(preflight({ origin: front, ...asked })).toEqual({
      vary,
      'access-control-allow-origin': front,
      'access-control-expose-headers': 'Retry-After, X-Request-Id',
      'access-control-allow-methods': 'GET, HEAD, PATCH',
      'access-control-allow-headers': 'Authorization, Content-Type',
      'access-control-max-age': '7200',
    });
  });

  it('allows others nothing', () => {
    expect(preflight({ origin: 'https://evil.example', 'access-control-request-method': 'GET' })).toEqual({ vary });
  });
});

describe('isForeignOrigin', () => {
  it.each([
    [{}, false],
    [{ origin: site.APP_URL }, false],
    [{ origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-origin' }, false],
    [{ origin: front }, true],
    [{ origin: front, 'sec-fetch-site': 'same-site' }, true],
    [{ origin: front, 'sec-fetch-site': 'none' }, true],
    [{ origin: 'null', 'sec-fetch-site': 'same-origin' }, true],
    [{ origin: '' }, true],
  ])('%j → %s', (headers, foreign) => {
    expect(isForeignOrigin(new Headers(headers as Record<string, string>), site.APP_URL)).toBe(foreign);
  });
});
