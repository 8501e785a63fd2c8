import { describe, expect, it } from 'vitest';
import { twilioSettings } from './testing/fake-twilio';
import { receiptUrl, twilioUrl } from './twilio-client';

const at = (url: string, api?: string, verify?: string) =>
  twilioUrl(url, twilioSettings('', { TWILIO_API_BASE_URL: api, TWILIO_VERIFY_BASE_URL: verify }));

describe('twilioUrl', () => {
  it.each([
    [
      'https://api.twilio.com/2010-04-01/x.json?a=1',
      undefined,
      undefined,
      'https://api.twilio.com/2010-04-01/x.json?a=1',
    ],
    ['https://api.twilio.com/x?a=%2B1', 'http://127.0.0.1:4010', undefined, 'http://127.0.0.1:4010/x?a=%2B1'],
    ['https://api.twilio.com/x', 'https://proxy.example/twilio/', undefined, 'https://proxy.example/twilio/x'],
    ['https://api.twilio.com/x', 'https://api.dublin.ie1.twilio.com', undefined, 'https://api.dublin.ie1.twilio.com/x'],
    [
      'https://messaging.twilio.com/x',
      'https://api.dublin.ie1.twilio.com',
      undefined,
      'https://messaging.dublin.ie1.twilio.com/x',
    ],
    ['https://messaging.twilio.com/x', 'https://api.nottwilio.com', undefined, 'https://api.nottwilio.com/x'],
    ['https://messaging.twilio.com/x', 'http://localhost:1', undefined, 'http://localhost:1/x'],
    ['https://verify.twilio.com/v2', 'http://localhost:1', undefined, 'https://verify.twilio.com/v2'],
    ['https://verify.twilio.com/v2', undefined, 'http://localhost:2', 'http://localhost:2/v2'],
    ['https://api.twilio.com/x', undefined, 'http://localhost:2', 'https://api.twilio.com/x'],
  ])('takes %s with %s and %s to %s', (asked, api, verify, found) => {
    expect(at(asked, api, verify)).toBe(found);
  });
});

describe('receiptUrl', () => {
  it('is the public address of the app, and names the delivery', () => {
    expect(receiptUrl({ APP_URL: 'https://signin.latchkey.example:8443' }, '0190')).toBe(
      'https://signin.latchkey.example:8443/api/webhooks/twilio/status?delivery=0190',
    );
    expect(receiptUrl({ APP_URL: 'https://127.0.0.1.example.com' }, '0190')).toBeDefined();
  });
});
