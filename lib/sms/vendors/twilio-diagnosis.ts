import type { Twilio } from 'twilio';
import { vendorPolicy } from '../../policy';
import type { Finding } from '../sender';
import type { CallVendor } from '../vendor-http';
import { receiptUrl, twilioClient, type TwilioSettings } from './twilio-client';
import { twilioTrouble } from './twilio-errors';

type Check = (client: Twilio, settings: TwilioSettings) => Promise<Finding[]>;

const ok = (text: string): Finding => ({ level: 'ok', text });
const warning = (text: string, remedy: string): Finding => ({ level: 'warning', text, remedy });
const failed = (text: string, remedy: string): Finding => ({ level: 'failed', text, remedy });

/** The number that Twilio's test credentials send from. */
const magicNumber = '+15005550006';
const whatsappSandbox = '+14155238886';

/** What stands between the settings and an SMS that arrives. Nothing is sent, and nothing here names a secret or number. */
export function diagnoseTwilio(settings: TwilioSettings, call: CallVendor): Promise<Finding[]> {
  return diagnose(settings, call, [balance, messagingService, phoneNumber, whatsapp, receipts]);
}

/** The same for Twilio Verify. */
export function diagnoseTwilioVerify(settings: TwilioSettings, call: CallVendor): Promise<Finding[]> {
  return diagnose(settings, call, [balance, verifyService]);
}

async function diagnose(settings: TwilioSettings, call: CallVendor, checks: Check[]): Promise<Finding[]> {
  const client = twilioClient(settings, call);
  if (!client) {
    return [failed('Twilio has no credentials.', 'Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.')];
  }
  const found = await account(client, settings);
  if (found.some(({ level }) => level === 'failed')) {
    return found;
  }
  const more = await Promise.all(
    checks.map((check) => check(client, settings).catch((error) => [unreadable('A check', error)])),
  );
  return [...found, ...more.flat()];
}

/** A check that could not be made. */
function unreadable(what: string, error: unknown): Finding {
  const { errorCode, operatorHint } = twilioTrouble(error);
  return warning(`${what} could not be made (${errorCode ?? 'no answer'}).`, operatorHint);
}

const account: Check = async (client, settings) => {
  let found;
  try {
    found = await client.api.v2010.accounts(settings.TWILIO_ACCOUNT_SID!).fetch();
  } catch (error) {
    const { errorCode, operatorHint } = twilioTrouble(error);
    return [failed(`Twilio’s account can’t be read (${errorCode ?? 'no answer'}).`, operatorHint)];
  }
  if (found.status !== 'active') {
    return [
      failed(
        `The Twilio account is ${found.status}.`,
        'Read the notice in its console, settle the bill or ask Twilio.',
      ),
    ];
  }
  // Those for tests may not read the account (20008).
  const good = ok('Twilio takes the credentials, which are live ones, and the account is active.');
  return found.type === 'Trial'
    ? [
        good,
        warning(
          'It is a trial account: it reaches only numbers verified in its console, and writes a notice of its own before each text.',
          'Upgrade the account before anybody else is to sign in.',
        ),
      ]
    : [good];
};

const balance: Check = async (client) => {
  try {
    const { balance: told, currency } = await client.balance.fetch();
    const amount = Number(told);
    if (!told || !Number.isFinite(amount)) {
      return [
        warning('Twilio does not tell the balance (of a subaccount it never does).', 'Look at the main account.'),
      ];
    }
    const text = `The balance is ${told} ${currency}.`;
    if (amount <= 0) {
      return [failed(text, 'Top it up and turn auto-recharge on; an account billed by invoice may leave it so.')];
    }
    return [
      amount < vendorPolicy.lowBalance.twilio ? warning(text, 'Top it up soon, or turn auto-recharge on.') : ok(text),
    ];
  } catch (error) {
    return [unreadable('The check of the balance', error)];
  }
};

const messagingService: Check = async (client, settings) => {
  const sid = settings.TWILIO_MESSAGING_SERVICE_SID;
  if (!sid) {
    return [];
  }
  try {
    await client.messaging.v1.services(sid).fetch();
    return [ok('The messaging service exists.')];
  } catch (error) {
    return [
      isMissing(error)
        ? failed('The messaging service does not exist in this account.', 'Check TWILIO_MESSAGING_SERVICE_SID.')
        : unreadable('The check of the messaging service', error),
    ];
  }
};

const phoneNumber: Check = async (client, settings) => {
  const number = settings.TWILIO_PHONE_NUMBER;
  const forSms = !settings.TWILIO_MESSAGING_SERVICE_SID;
  if (!number) {
    return forSms
      ? [failed('Nothing to send from.', 'Set TWILIO_MESSAGING_SERVICE_SID or TWILIO_PHONE_NUMBER.')]
      : [warning('Codes can’t be read out by a call.', 'Set TWILIO_PHONE_NUMBER to a number that can call.')];
  }
  if (number === magicNumber) {
    return [failed('TWILIO_PHONE_NUMBER is Twilio’s test number.', 'Set it to a number of the account.')];
  }
  try {
    const [owned] = await client.incomingPhoneNumbers.list({ phoneNumber: number, limit: 1 });
    if (!owned) {
      return [failed('TWILIO_PHONE_NUMBER is not a number of this account.', 'Buy it, or set one of the account’s.')];
    }
    const { sms, voice } = owned.capabilities as { sms?: boolean; voice?: boolean };
    return [
      ...(forSms && !sms ? [failed('The number can’t send SMS.', 'Choose one with the capability “SMS”.')] : []),
      ...(voice
        ? []
        : [warning('The number can’t call.', 'Choose one with the capability “Voice” for codes by call.')]),
      ...(voice && (sms || !forSms) ? [ok('The number belongs to the account and can do what it is for.')] : []),
    ];
  } catch (error) {
    return [unreadable('The check of the number', error)];
  }
};

const whatsapp: Check = async (_client, settings) => {
  if (!settings.TWILIO_WHATSAPP_FROM) {
    return [];
  }
  if (settings.TWILIO_WHATSAPP_FROM === whatsappSandbox) {
    return [
      warning(
        'TWILIO_WHATSAPP_FROM is WhatsApp’s sandbox: it reaches only numbers that joined it.',
        'Register a WhatsApp sender in the console.',
      ),
    ];
  }
  return settings.TWILIO_WHATSAPP_CONTENT_SID
    ? [ok('WhatsApp has a sender and a template.')]
    : [
        warning(
          'WhatsApp refuses text outside a conversation that the person began (63016).',
          'Set TWILIO_WHATSAPP_CONTENT_SID to an approved authentication template.',
        ),
      ];
};

const receipts: Check = async (_client, settings) => [
  receiptUrl(settings, '')
    ? ok('Twilio is asked to report deliveries to APP_URL.')
    : warning('Twilio can’t report deliveries: APP_URL is not a public https origin.', 'Set APP_URL in production.'),
];

const verifyService: Check = async (client, settings) => {
  const sid = settings.TWILIO_VERIFY_SID;
  if (!sid) {
    return [failed('There is no Verify service.', 'Make one in the console and set TWILIO_VERIFY_SID.')];
  }
  try {
    const { codeLength, friendlyName } = await client.verify.v2.services(sid).fetch();
    return [
      ok('The Verify service exists.'),
      ...(codeLength === settings.OTP_LENGTH
        ? []
        : [
            failed(
              `Verify sends ${codeLength} digits and the sign-in page asks for ${settings.OTP_LENGTH}.`,
              'Set OTP_LENGTH or the service’s code length.',
            ),
          ]),
      ...(friendlyName === settings.APP_NAME
        ? []
        : [warning('Messages carry the Verify service’s name, which is not APP_NAME.', 'Rename the service.')]),
    ];
  } catch (error) {
    return [
      isMissing(error)
        ? failed('The Verify service does not exist in this account.', 'Check TWILIO_VERIFY_SID.')
        : unreadable('The check of the Verify service', error),
    ];
  }
};

function isMissing(error: unknown): boolean {
  return ['20404', 'http_404'].includes(twilioTrouble(error).errorCode ?? '');
}
