import { describe, expect, it } from 'vitest';
import { spokenCode } from '../message';
import { spokenMessage } from './twilio-speech';

const spoken = (locale: string, code: string | null = '907', brand = 'Latchkey') =>
  spokenMessage({ code, text: 'Your number was changed. <Hangup/> & ]]>', locale }, brand);

describe('spokenMessage', () => {
  it('reads the digits one by one, twice, with pauses between', () => {
    const digits = '<break time="700ms"/>9<break time="700ms"/>0<break time="700ms"/>7<break time="700ms"/>';
    expect(spoken('en')).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Pause length="1"/>' +
        `<Say language="en-US" voice="Polly.Joanna">This is Latchkey. Your code is:${digits}Once again:${digits}` +
        'Do not share this code with anyone.</Say></Response>',
    );
  });

  it.each([
    ['en', 'en-US', 'code is'],
    ['en-GB', 'en-US', 'code is'],
    ['en-IN', 'en-IN', 'code is'],
    ['hi', 'hi-IN', 'कोड है'],
    ['hi-IN', 'hi-IN', 'कोड है'],
    ['bn', 'bn-IN', 'আপনার কোড'],
    ['bn-BD', 'bn-IN', 'আপনার কোড'],
    ['ru', 'ru-RU', 'Ваш код'],
    ['uz', 'ru-RU', 'Ваш код'],
    ['uz-Latn-UZ', 'ru-RU', 'Ваш код'],
    ['xx', 'en-US', 'code is'],
    ['', 'en-US', 'code is'],
  ])('speaks to %s in %s', (locale, language, words) => {
    expect(spoken(locale)).toContain(`language="${language}"`);
    expect(spoken(locale)).toContain(words);
  });

  it.each(['en', 'hi', 'bn', 'uz', 'ru'])('says what the preview and the inbox show (%s)', (locale) => {
    const words = spokenCode({ appName: 'Latchkey', code: '907', locale }).replaceAll(/[^\p{L}\p{M}\d]/gu, '');
    const said = spoken(locale).replaceAll(/<[^>]*>|[^\p{L}\p{M}\d]/gu, '');
    expect(said).toBe(words);
  });

  it('never lets a brand or a text become markup', () => {
    expect(spoken('en', '907', 'A&B <Hangup/>')).toContain('This is A&amp;B &lt;Hangup/&gt;. Your code is:');
    expect(spoken('en', null)).toContain('>Your number was changed. &lt;Hangup/&gt; &amp; ]]&gt;</Say>');
  });

  it('fits what Twilio takes, with the longest code and brand', () => {
    for (const locale of ['en', 'hi', 'bn', 'ru']) {
      expect(spoken(locale, '0123456789', '&'.repeat(30)).length).toBeLessThan(4000);
    }
  });
});
