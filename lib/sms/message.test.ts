import { describe, expect, it } from 'vitest';
import { codePurposes } from '../../drizzle/schema/otp-challenges';
import { codeMessage } from './message';

const message = (more: Partial<Parameters<typeof codeMessage>[0]> = {}) =>
  codeMessage({
    purpose: 'sign_in',
    appName: 'Latchkey',
    appUrl: 'https://signin.latchkey.example',
    code: '012345',
    ttlSeconds: 300,
    ...more,
  });

describe('codeMessage', () => {
  it('says brand, code, life and warning, and ends with the line that browsers read', () => {
    expect(message()).toBe(
      'Your Latchkey verification code is: 012345\nValid for 5 minutes.\nDo not share this code with anyone.\n\n@signin.latchkey.example #012345',
    );
  });

  it('says what a code can do that confirms a change', () => {
    expect(message({ purpose: 'confirm' })).toBe(
      'Your Latchkey confirmation code is: 012345\nValid for 5 minutes.\nIt can change your account: never share it.\n\n@signin.latchkey.example #012345',
    );
  });

  it.each(codePurposes)('is one segment of GSM-7 (%s)', (purpose) => {
    expect(message({ purpose })).toMatch(/^[A-Za-z0-9 .:@#\n-]+$/);
    expect(message({ purpose, appName: 'A'.repeat(20) }).length).toBeLessThanOrEqual(160);
  });

  it.each([
    [60, '1 minute'],
    [120, '2 minutes'],
    [90, '90 seconds'],
    [30, '30 seconds'],
  ])('says a life of %i s as %s', (ttlSeconds, words) => {
    expect(message({ ttlSeconds })).toContain(`Valid for ${words}.`);
  });
});
