import { describe, expect, it } from 'vitest';
import { type FlowRecord, flowView } from './flow-view';

const record = (more: Partial<FlowRecord> = {}): FlowRecord => ({
  challengeId: 'c',
  phone: '+918123456789',
  attempts: 0,
  maxAttempts: 5,
  ageSeconds: 10,
  lifeLeftSeconds: 290,
  consumed: false,
  superseded: false,
  channel: 'sms',
  codes: 1,
  handedOverAt: 'then',
  unansweredAt: null,
  deliveredAt: null,
  failedAt: null,
  provider: 'twilio',
  errorClass: null,
  errorCode: null,
  ...more,
});
const view = (more: Partial<FlowRecord> = {}, offered: ('sms' | 'call' | 'whatsapp')[] = ['sms', 'call']) =>
  flowView(record(more), '+91 •••••• 6789', { codeLength: 6, resendSeconds: 60, offered });
const unanswered = { handedOverAt: null, unansweredAt: 'then' };

describe('flowView', () => {
  it('tells of no other channel while the first message is on its way, or has arrived', () => {
    expect(view().channels).toEqual([]);
    expect(view({ handedOverAt: null }).channels).toEqual([]);
    expect(view({ deliveredAt: 'now' }).channels).toEqual([]);
  });

  it.each([
    ['failed', { failedAt: 'now' }],
    ['got no answer', unanswered],
    ['was asked for again', { codes: 2 }],
  ])('tells of the other channels once a message %s, and only of those that reach the number', (_why, more) => {
    expect(view(more).channels).toEqual(['call']);
    expect(view(more, ['sms', 'call', 'whatsapp']).channels).toEqual(['call', 'whatsapp']);
    expect(view(more, ['sms']).channels).toEqual([]);
    expect(view(more, []).channels).toEqual([]);
  });

  it.each([
    ['a number that the vendor says does not exist', { errorClass: 'recipient', errorCode: '21211' }, []],
    ['a country that it does not serve', { errorClass: 'region', errorCode: '21408' }, []],
    ['a landline', { errorClass: 'recipient', errorCode: '21614' }, ['call']],
    ['a number that takes no SMS', { errorClass: 'recipient', errorCode: '21635' }, ['call']],
    ['a landline at Verify', { provider: 'twilio-verify', errorClass: 'recipient', errorCode: '60205' }, ['call']],
    ['who replied STOP', { errorClass: 'blocked', errorCode: '21610' }, ['call']],
    ['a number held for fraud', { errorClass: 'blocked', errorCode: '30450' }, []],
    ['a number held for fraud at Verify', { provider: 'twilio-verify', errorClass: 'blocked', errorCode: '60410' }, []],
    ['a code that only another vendor calls a landline', { provider: 'x', errorCode: '21614' }, ['call']],
  ] as const)(
    'where the vendor did not take it for %s, offers what may reach the number',
    (_what, failure, channels) => {
      const refused = { handedOverAt: null, failedAt: 'now', ...failure };
      expect(view(refused).channels).toEqual(channels);
      expect(view({ ...refused, codes: 2 }).channels).toEqual(channels);
    },
  );

  it('advises a call where another message would be in vain, and only there', () => {
    const refused = { handedOverAt: null, failedAt: 'now' };
    const landline = { ...refused, errorClass: 'recipient', errorCode: '21614' } as const;
    expect(view(landline).advised).toBe('call');
    expect(view(landline, ['sms']).advised).toBeNull();
    expect(view({ ...refused, errorClass: 'blocked', errorCode: '21610' }).advised).toBe('call');
    expect(view({ ...refused, errorClass: 'transient' })).toMatchObject({ channels: ['call'], advised: null });
    expect(view({ ...refused, errorClass: 'blocked', channel: 'call' }).advised).toBeNull();
  });

  it('offers a call where the message was taken and did not arrive, and a number is not on WhatsApp', () => {
    expect(view({ failedAt: 'now', errorClass: 'recipient', errorCode: '30003' }).channels).toEqual(['call']);
    const noWhatsapp = { channel: 'whatsapp', failedAt: 'now', errorClass: 'recipient', errorCode: '63024' } as const;
    expect(view({ ...noWhatsapp, handedOverAt: null }).channels).toEqual(['call']);
    expect(view({ failedAt: 'now', errorClass: 'blocked', errorCode: '30450' }).channels).toEqual([]);
  });

  it('still offers a call after one', () => {
    expect(view({ channel: 'call', codes: 2 })).toMatchObject({ channel: 'call', channels: ['call'] });
  });

  it('lifts the wait when a message failed, and when nobody knows whether it was sent', () => {
    expect(view().resendInSeconds).toBe(50);
    expect(view({ failedAt: 'now' }).resendInSeconds).toBe(0);
    expect(view(unanswered).resendInSeconds).toBe(0);
    expect(view({ failedAt: 'then', deliveredAt: 'now' })).toMatchObject({
      delivery: 'delivered',
      resendInSeconds: 50,
    });
  });

  it.each([
    [{ handedOverAt: null }, 'sending', 'Sending…'],
    [{}, 'handed_over', 'Message sent'],
    [unanswered, 'unanswered', 'The message may be on its way'],
    [{ deliveredAt: 'now' }, 'delivered', 'Message delivered'],
    [{ failedAt: 'now' }, 'failed', 'The message couldn’t be delivered'],
    [{ failedAt: 'now', errorClass: 'blocked' as const }, 'failed', 'This number blocks our messages'],
    [{ failedAt: 'now', errorCode: '21614' }, 'failed', 'This number can’t receive texts'],
    [
      { failedAt: 'now', errorClass: 'blocked' as const, errorCode: '60410' },
      'failed',
      'The message couldn’t be delivered',
    ],
    [{ channel: 'call' as const, handedOverAt: null }, 'sending', 'We’re calling +91 •••••• 6789…'],
    [{ channel: 'call' as const }, 'handed_over', 'We’re calling +91 •••••• 6789…'],
    [{ channel: 'call' as const, deliveredAt: 'now' }, 'delivered', 'The call was answered'],
    [{ channel: 'call' as const, failedAt: 'now' }, 'failed', 'The call didn’t get through'],
    [{ channel: 'whatsapp' as const }, 'handed_over', 'Sent by WhatsApp'],
  ])('says of %j that it is %s, in words', (more, delivery, deliveryText) => {
    expect(view(more)).toMatchObject({ delivery, deliveryText });
  });
});
