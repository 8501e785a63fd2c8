import { newId } from '../../random';
import type { OutboundMessage } from '../sender';

/** A code on its way to a number. */
export const outbound = (phone: string, more: Partial<OutboundMessage> = {}): OutboundMessage => ({
  deliveryId: newId(),
  phone,
  channel: 'sms',
  text: 'Your Latchkey verification code is: 012345\nValid for 5 minutes.\n\n@signin.latchkey.example #012345',
  code: '012345',
  locale: 'en',
  ttlSeconds: 300,
  ...more,
});
