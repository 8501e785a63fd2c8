import { describe, expect, it } from 'vitest';
import { noticeTexts } from './notice-texts';

const phone = '+918123456789';
const at = new Date('2026-12-28T18:45:00Z');
const longestBrand = 'A'.repeat(30);

const all = (appName: string, timeZone: string) => [
  noticeTexts.phoneChanged(appName, phone),
  noticeTexts.phoneArrived(appName),
  noticeTexts.phoneChangeWaits(appName, phone, at, timeZone),
  noticeTexts.passkeyAdded(appName),
  noticeTexts.recoveryCodesMade(appName),
  noticeTexts.recoveryCodeUsed(appName),
  noticeTexts.deletionWaits(appName, at, timeZone),
];

describe('notices', () => {
  it.each(['UTC', 'Asia/Kolkata', 'America/Argentina/Buenos_Aires', 'Pacific/Chatham', ''])(
    'are one segment of GSM-7, brand first, with no link and no whole number (%s)',
    (timeZone) => {
      for (const text of all(longestBrand, timeZone)) {
        expect(text).toMatch(/^A{30}: [A-Za-z0-9 .,:?+-]+$/);
        expect(text.length).toBeLessThanOrEqual(160);
        expect(text).not.toContain('812345');
      }
    },
  );

  it('say when something happens by the clock of the person', () => {
    expect(noticeTexts.phoneChangeWaits('Latchkey', phone, at, 'Asia/Kolkata')).toBe(
      'Latchkey: your number changes to one ending in 6789 on 29 Dec, 00:15 GMT+5:30. Not you? Sign in with this number to stop it.',
    );
    expect(noticeTexts.deletionWaits('Latchkey', at, 'UTC')).toBe(
      'Latchkey: your account will be deleted on 28 December 2026. Not you, or a change of mind? Sign in before then to keep it.',
    );
  });
});
