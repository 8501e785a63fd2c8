import { describe, expect, it } from 'vitest';
import { isOfHost, isOwnOrigin } from './origin-guard';

const app = 'https://latchkey.example';
const allowed = (headers: Record<string, string>, usesCookie: boolean) =>
  isOwnOrigin(new Headers(headers), app, usesCookie);

describe('isOwnOrigin', () => {
  it.each([
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { origin: app },
    { origin: app, 'sec-fetch-site': 'same-origin' },
  ])('lets our own pages through: %j', (headers) => {
    expect(allowed(headers as Record<string, string>, true)).toBe(true);
  });

  it.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: app },
    { origin: 'https://evil.example' },
    { origin: 'https://latchkey.example.evil.example' },
    { origin: 'http://latchkey.example' },
    { origin: 'null' },
    { origin: 'null', 'sec-fetch-site': 'same-origin' },
  ])('refuses a foreign page, cookie or not: %j', (headers) => {
    expect(allowed(headers as Record<string, string>, true)).toBe(false);
    expect(allowed(headers as Record<string, string>, false)).toBe(false);
  });

  it('takes a request without either for no browser’s: fine without a cookie, refused with one', () => {
    expect(allowed({}, false)).toBe(true);
    expect(allowed({}, true)).toBe(false);
  });
});

it.each([
  [true, { host: 'latchkey.example' }],
  [true, { host: 'latchkey.example', origin: app }],
  [true, { host: '10.0.0.7:3000', 'x-forwarded-host': 'latchkey.example', origin: app }],
  [false, { host: 'latchkey.example', origin: 'https://latchkey.example:8443' }],
  [false, { host: 'latchkey.example', origin: 'latchkey.example' }],
  [false, { host: 'latchkey.example', origin: '' }],
  [false, { origin: app }],
])('isOfHost is %j of %j', (expected, headers) => {
  expect(isOfHost(new Headers(headers as Record<string, string>))).toBe(expected);
});
