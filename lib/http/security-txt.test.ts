import { describe, expect, it } from 'vitest';
import { securityTxt } from './security-txt';

const appUrl = 'https://latchkey.example';

describe('securityTxt', () => {
  it('names every contact in order, and an end less than a year away', () => {
    const now = new Date('2026-03-01T17:45:00Z');
    const text = securityTxt({ appUrl, contacts: ['mailto:security@latchkey.example', 'https://x.example/r'], now });
    expect(text).toBe(
      [
        'Contact: mailto:security@latchkey.example',
        'Contact: https://x.example/r',
        'Expires: 2026-08-28T00:00:00.000Z',
        'Preferred-Languages: en',
        'Canonical: https://latchkey.example/.well-known/security.txt',
        '',
      ].join('\n'),
    );
  });

  it('is not there without a contact, which the file must have', () => {
    expect(securityTxt({ appUrl, contacts: undefined, now: new Date(0) })).toBeNull();
  });
});
