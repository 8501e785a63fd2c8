import type { ProviderName } from './routes';

/** Where Twilio posts what became of a message, on the public origin. */
export const TWILIO_STATUS_PATH = '/api/webhooks/twilio/status';

/** The part of that address's query that names our own row. */
export const DELIVERY = 'delivery';

/** A vendor can't do without one of the named settings; `remedy` says where its value is found. */
type Need = { oneOf: readonly string[]; remedy: string };

const account: Need[] = [
  { oneOf: ['TWILIO_ACCOUNT_SID'], remedy: 'copy the account SID from the first page of the Twilio console' },
  { oneOf: ['TWILIO_AUTH_TOKEN'], remedy: 'copy the auth token from the first page of the Twilio console' },
];

const needs: Record<ProviderName, Need[]> = {
  inbox: [],
  twilio: [
    ...account,
    {
      oneOf: ['TWILIO_PHONE_NUMBER', 'TWILIO_MESSAGING_SERVICE_SID'],
      remedy: 'name a number or a messaging service of the account that messages come from',
    },
  ],
  'twilio-verify': [
    ...account,
    { oneOf: ['TWILIO_VERIFY_SID'], remedy: 'make a Verify service in the Twilio console and copy its SID' },
  ],
  playmobile: [
    { oneOf: ['PLAYMOBILE_USERNAME'], remedy: 'ask the PlayMobile manager for access to the broker API' },
    { oneOf: ['PLAYMOBILE_PASSWORD'], remedy: 'it comes with the user name' },
    { oneOf: ['PLAYMOBILE_ORIGINATOR'], remedy: 'name the sender that PlayMobile registered for you' },
  ],
  bulksmsbd: [
    { oneOf: ['BULKSMSBD_API_KEY'], remedy: 'copy the API key from the BulkSMS BD panel' },
    { oneOf: ['BULKSMSBD_SENDER_ID'], remedy: 'name a sender id that BulkSMS BD approved for you' },
  ],
};

/** What these vendors still miss, a sentence each that begins with the setting; `isGiven` tells which settings are there. */
export function missingVendorSettings(
  providers: readonly ProviderName[],
  isGiven: (setting: string) => boolean,
): string[] {
  const missing = providers.flatMap((provider) =>
    needs[provider]
      .filter(({ oneOf }) => !oneOf.some(isGiven))
      .map((need) => ({ ...need, setting: need.oneOf.join(' or '), provider })),
  );
  return missing
    .filter(({ setting }, place) => missing.findIndex((other) => other.setting === setting) === place)
    .map(({ setting, remedy }) => {
      const users = missing.filter((other) => other.setting === setting).map(({ provider }) => provider);
      return `${setting} must be set to send by ${users.join(' and ')}: ${remedy}`;
    });
}
