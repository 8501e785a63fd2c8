import { describe, expect, it } from 'vitest';
import { messageLocales } from '../sms/templates';
import { preferredLanguage } from './accept-language';

describe('preferredLanguage', () => {
  it.each([
    ['en-US,en;q=0.9', 'en-US'],
    ['hi-IN,hi;q=0.9,en;q=0.8', 'hi-IN'],
    ['HI-in', 'hi-IN'],
    ['bn', 'bn'],
    ['uz-Latn-UZ', 'uz-Latn-UZ'],
    ['ru', 'ru'],
    ['fr-FR, ru;q=0.4, uz;q=0.6', 'uz'],
    ['ru;q=0.5, hi;q=0.5', 'ru'],
    ['en;q=0.1, bn ; Q=0.9', 'bn'],
    ['de, *;q=0.5, en;q=0.3', 'en'],
    ['hi;q=0, en;q=0.001', 'en'],
    ['hi-IN-u-nu-deva', 'hi-IN'],
  ])('of %s is %s', (header, language) => {
    expect(preferredLanguage(header, messageLocales)).toBe(language);
  });

  it.each([
    null,
    '',
    '*',
    'fr',
    'hindi',
    'h',
    'en;q=0',
    'en;q=2',
    'en;q=',
    'en;q=-1',
    ',;,',
    'x'.repeat(5000),
    'en_US',
  ])('of %j is none', (header) => {
    expect(preferredLanguage(header, messageLocales)).toBeUndefined();
  });
});
