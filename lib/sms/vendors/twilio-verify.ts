import type { CodeKeeper, SendFailure } from '../sender';
import { callVendor, type CallVendor } from '../vendor-http';
import { twilioClient, type TwilioSettings } from './twilio-client';
import { diagnoseTwilioVerify } from './twilio-diagnosis';
import { twilioDropped, twilioFailure, twilioRefusal, twilioTrouble } from './twilio-errors';

/**
 * Languages that Verify both writes and speaks. Any other is left to Twilio, which goes by the number's country: it
 * answers a language it does not have with 404 (twilio.com/docs/verify/supported-languages).
 */
const languages = new Set([
  'ar',
  'da',
  'de',
  'el',
  'en',
  'es',
  'fi',
  'fr',
  'hi',
  'it',
  'ja',
  'ko',
  'nl',
  'pl',
  'pt',
  'ru',
]);

/** Twilio Verify: Twilio makes, sends and checks the code, and we keep none. The brand is the Verify service's name. */
export function twilioVerifyKeeper(settings: TwilioSettings, call: CallVendor = callVendor): CodeKeeper {
  const service =
    settings.TWILIO_VERIFY_SID && twilioClient(settings, call)?.verify.v2.services(settings.TWILIO_VERIFY_SID);
  return {
    name: 'twilio-verify',
    // Verify has no WhatsApp sender of its own (68008): only who set one up there names it here.
    channels: settings.TWILIO_WHATSAPP_FROM ? ['sms', 'call', 'whatsapp'] : ['sms', 'call'],

    async start({ phone, channel, locale, replaces }) {
      if (!service) {
        return notConfigured;
      }
      if (replaces) {
        // Where that fails, Twilio sends the same code once more, with the tries it has left.
        await service
          .verifications(replaces)
          .update({ status: 'canceled' })
          .catch(() => undefined);
      }
      const language = locale.split('-')[0] ?? '';
      try {
        const { sid, status } = await service.verifications.create({
          to: phone,
          channel,
          locale: languages.has(language) ? language : undefined,
          // CustomFriendlyName stays out: without Twilio's sales having switched it on, it is refused (60204).
          riskCheck: 'enable',
        });
        if (typeof sid !== 'string' || sid === '') {
          return twilioFailure(new TypeError('no SID'));
        }
        return status === 'pending'
          ? { accepted: true, providerMessageId: sid, segments: null, price: null }
          : twilioDropped(null);
      } catch (error) {
        return twilioFailure(error);
      }
    },

    async check({ verificationId, phone, code }) {
      if (!service) {
        return notConfigured;
      }
      try {
        const { status, to } = await service.verificationChecks.create({ verificationSid: verificationId, code });
        if (status === 'pending') {
          return 'wrong';
        }
        // A code proves the number that it was sent to, and no other.
        return status === 'approved' && to === phone ? 'right' : 'gone';
      } catch (error) {
        return checkFailure(twilioTrouble(error));
      }
    },

    diagnose: () => diagnoseTwilioVerify(settings, call),
  };
}

/** A verification that was approved, expired, cancelled or tried too often is deleted: Twilio no longer finds it. */
function checkFailure(failure: SendFailure): 'gone' | SendFailure {
  return ['20404', 'http_404', '60202', '60431'].includes(failure.errorCode ?? '') ? 'gone' : failure;
}

const notConfigured = twilioRefusal(
  'configuration',
  null,
  'Twilio Verify is not set up: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_VERIFY_SID.',
);
