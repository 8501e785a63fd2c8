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
  errorClass: null,
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
    [{ channel: 'call' as const, handedOverAt: null }, 'sending', 'We’re calling +91 •••••• 6789…'],
    [{ channel: 'call' as const }, 'handed_over', 'We’re calling +91 •••••• 6789…'],
    [{ channel: 'call' as const, deliveredAt: 'now' }, 'delivered', 'The call was answered'],
    [{ channel: 'call' as const, failedAt: 'now' }, 'failed', 'The call didn’t get through'],
    [{ channel: 'whatsapp' as const }, 'handed_over', 'Sent by WhatsApp'],
  ])('says of %j that it is %s, in words', (more, delivery, deliveryText) => {
    expect(view(more)).toMatchObject({ delivery, deliveryText });
  });
});
