import { describe, expect, it } from 'vitest';
import { deviceName } from './device-name';

describe('deviceName', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
      'Chrome on Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
      'Safari on iPhone',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    ['LatchkeyApp/1.2 (iPhone; iOS 17.5; Scale/3.00)', 'LatchkeyApp on iPhone'],
    ['okhttp/4.12.0', 'okhttp'],
    ['Dart/3.4 (dart:io)', 'Dart'],
    ['<script>alert(1)</script>/1', 'Unknown app'],
    ['   ', 'Unknown device'],
    [null, 'Unknown device'],
  ])('calls %s %s', (userAgent, name) => {
    expect(deviceName(userAgent)).toBe(name);
  });

  it('reads any text', () => {
    for (const text of ['/', '()', '\u0000', 'a'.repeat(400), '(((((((', 'Mozilla/5.0']) {
      expect(deviceName(text)).toMatch(/^.{1,90}$/);
    }
  });
});
