import { describe, expect, it } from 'vitest';
import { codePurposes } from '../../drizzle/schema/otp-challenges';
import { codeMessage, spokenCode } from './message';
import { segmentsOf } from './segments';
import { messageLocale, messageLocales } from './templates';

const message = (more: Partial<Parameters<typeof codeMessage>[0]> = {}) =>
  codeMessage({
    purpose: 'sign_in',
    appName: 'Latchkey',
    appUrl: 'https://signin.latchkey.example',
    code: '012345',
    ttlSeconds: 300,
    locale: 'en',
    ...more,
  });

const everyText = messageLocales.flatMap((locale) => codePurposes.map((purpose) => ({ locale, purpose })));

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

  it.each(everyText)('has the brand before the code, and the code twice ($locale, $purpose)', (text) => {
    const [words = '', lastLine] = message(text).split(/\n+(?=@)/);
    expect(lastLine).toBe('@signin.latchkey.example #012345');
    expect(words.indexOf('Latchkey')).toBeLessThan(words.indexOf('012345'));
    expect(message(text).match(/\d{4,}/g)).toEqual(['012345', '012345']);
    expect(words).toContain('5');
  });

  it.each(everyText)(
    'says of every other code that it can change an account ($locale, $purpose)',
    ({ locale, purpose }) => {
      expect(message({ locale, purpose }) === message({ locale, purpose: 'sign_in' })).toBe(purpose === 'sign_in');
    },
  );

  it.each(everyText.filter(({ locale }) => locale === 'en' || locale === 'uz'))(
    'is one part of GSM-7 with a brand of twenty letters ($locale, $purpose)',
    (text) => {
      expect(segmentsOf(message({ ...text, appName: 'A'.repeat(20) }))).toMatchObject({
        encoding: 'GSM-7',
        segments: 1,
      });
    },
  );

  it.each(everyText.filter(({ locale }) => locale !== 'en' && locale !== 'uz'))(
    'is at most two parts in a script of its own with a brand of twenty letters ($locale, $purpose)',
    (text) => {
      expect(segmentsOf(message({ ...text, appName: 'A'.repeat(20) }))).toMatchObject({
        encoding: 'UCS-2',
        segments: 2,
      });
    },
  );

  it.each(everyText)('is one part where brand and host have 23 letters together ($locale, $purpose)', (text) => {
    expect(segmentsOf(message({ ...text, appUrl: 'https://app.example.com' })).segments).toBe(1);
  });

  it.each([
    [60, '1 minute'],
    [120, '2 minutes'],
    [90, '90 seconds'],
    [30, '30 seconds'],
  ])('says a life of %i s as %s', (ttlSeconds, words) => {
    expect(message({ ttlSeconds })).toContain(`Valid for ${words}.`);
  });

  it('takes a brand as it is, also one that looks like a pattern', () => {
    expect(message({ appName: 'Cash$&{code}' })).toContain('Your Cash$&{code} verification code is: 012345');
  });

  it('binds the code to the host alone, also on a development machine', () => {
    expect(message({ appUrl: 'http://localhost:3000' })).toMatch(/\n@localhost #012345$/);
  });
});

describe('messageLocale', () => {
  it.each([
    ['en', 'en'],
    ['hi-IN', 'hi'],
    ['bn-BD', 'bn'],
    ['uz-Latn-UZ', 'uz'],
    ['RU', 'ru'],
    ['ru-u-ca-gregory', 'ru'],
    ['fr-CA', 'en'],
    ['ur', 'en'],
    ['hindi', 'en'],
    ['x', 'en'],
    ['', 'en'],
    ['-', 'en'],
  ])('reads %j as %s', (tag, locale) => {
    expect(messageLocale(tag)).toBe(locale);
  });
});

describe('spokenCode', () => {
  it('introduces the code, reads it twice digit by digit, and warns', () => {
    expect(spokenCode({ appName: 'Latchkey', code: '012345', locale: 'en-GB' })).toBe(
      'This is Latchkey. Your code is: 0, 1, 2, 3, 4, 5. Once again: 0, 1, 2, 3, 4, 5. Do not share this code with anyone.',
    );
  });

  it.each(messageLocales)('never says the code in one breath (%s)', (locale) => {
    const text = spokenCode({ appName: 'Latchkey', code: '987654', locale });
    expect(text).not.toContain('987654');
    expect(text.split('9, 8, 7, 6, 5, 4')).toHaveLength(3);
    expect(text).toContain('Latchkey');
  });
});
