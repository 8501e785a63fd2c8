import type { Twilio } from 'twilio';
import { callPolicy } from '../../policy';
import type { Channel, OutboundMessage, SendOutcome, SmsVendor } from '../sender';
import { callVendor, type CallVendor } from '../vendor-http';
import { receiptUrl, twilioClient, type TwilioSettings } from './twilio-client';
import { diagnoseTwilio } from './twilio-diagnosis';
import { twilioDropped, twilioFailure, twilioRefusal } from './twilio-errors';
import { spokenMessage } from './twilio-speech';

/** Twilio's bounds of ValidityPeriod, in seconds. */
const validity = { shortest: 1, longest: 36_000 };

/** Twilio Programmable Messaging and Voice: our code and our text, Twilio's wires. */
export function twilioVendor(settings: TwilioSettings, call: CallVendor = callVendor): SmsVendor {
  const client = twilioClient(settings, call);
  return {
    name: 'twilio',
    channels: channelsOf(settings),
    async send(message) {
      if (!client || !channelsOf(settings).includes(message.channel)) {
        return notConfigured(message.channel);
      }
      try {
        return await sendOver[message.channel](client, settings, message);
      } catch (error) {
        return twilioFailure(error);
      }
    },
    diagnose: () => diagnoseTwilio(settings, call),
  };
}

/** The channels there is a sender for. */
function channelsOf(settings: TwilioSettings): Channel[] {
  const {
    TWILIO_MESSAGING_SERVICE_SID: service,
    TWILIO_PHONE_NUMBER: number,
    TWILIO_WHATSAPP_FROM: whatsapp,
  } = settings;
  const ready: Record<Channel, unknown> = { sms: service ?? number, call: number, whatsapp };
  return (['sms', 'call', 'whatsapp'] as const).filter((channel) => ready[channel]);
}

type SendOver = (client: Twilio, settings: TwilioSettings, message: OutboundMessage) => Promise<SendOutcome>;

const sendOver: Record<Channel, SendOver> = {
  async sms(client, settings, message) {
    const service = settings.TWILIO_MESSAGING_SERVICE_SID;
    const created = await client.messages.create({
      to: message.phone,
      ...(service ? { messagingServiceSid: service } : { from: settings.TWILIO_PHONE_NUMBER }),
      body: message.text,
      validityPeriod: validityPeriod(message.ttlSeconds),
      statusCallback: receiptUrl(settings, message.deliveryId),
      riskCheck: 'enable',
      // It would put look-alikes for letters that the WebOTP line and Uzbek need as they are.
      smartEncoded: false,
    });
    return outcome(created, Number(created.numSegments) || null);
  },

  async whatsapp(client, settings, message) {
    const template = message.code === null ? undefined : settings.TWILIO_WHATSAPP_CONTENT_SID;
    const created = await client.messages.create({
      to: `whatsapp:${message.phone}`,
      from: `whatsapp:${settings.TWILIO_WHATSAPP_FROM}`,
      ...(template
        ? { contentSid: template, contentVariables: JSON.stringify({ 1: message.code }) }
        : { body: message.text }),
      validityPeriod: validityPeriod(message.ttlSeconds),
      statusCallback: receiptUrl(settings, message.deliveryId),
    });
    return outcome(created, null);
  },

  async call(client, settings, message) {
    const created = await client.calls.create({
      to: message.phone,
      from: settings.TWILIO_PHONE_NUMBER ?? '',
      twiml: spokenMessage(message, settings.APP_NAME),
      statusCallback: receiptUrl(settings, message.deliveryId),
      timeout: callPolicy.ringSeconds,
      timeLimit: callPolicy.longestSeconds,
    });
    return outcome(created, null);
  },
};

function validityPeriod(ttlSeconds: number): number {
  return Math.min(Math.max(Math.floor(ttlSeconds), validity.shortest), validity.longest);
}

type Created = { sid?: unknown; status?: unknown; errorCode?: unknown; price?: unknown; priceUnit?: unknown };

/** What Twilio made of a request it took. A message can be dead on arrival. */
function outcome(created: Created, segments: number | null): SendOutcome {
  if (typeof created.sid !== 'string' || created.sid === '') {
    return twilioFailure(new TypeError('no SID'));
  }
  if (['failed', 'undelivered', 'canceled'].includes(String(created.status))) {
    return twilioDropped(created.errorCode);
  }
  const { price, priceUnit } = created;
  return {
    accepted: true,
    providerMessageId: created.sid,
    segments,
    // A charge is told as a negative amount, mostly later than now.
    price:
      typeof price === 'string' && typeof priceUnit === 'string'
        ? { amount: price.replace(/^-/, ''), currency: priceUnit.toUpperCase() }
        : null,
  };
}

function notConfigured(channel: Channel): SendOutcome {
  const needed = {
    sms: 'TWILIO_MESSAGING_SERVICE_SID or TWILIO_PHONE_NUMBER',
    call: 'TWILIO_PHONE_NUMBER',
    whatsapp: 'TWILIO_WHATSAPP_FROM',
  }[channel];
  return twilioRefusal(
    'configuration',
    null,
    `Twilio is not set up for this: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and ${needed}.`,
  );
}
