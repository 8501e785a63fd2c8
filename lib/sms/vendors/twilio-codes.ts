import type { ErrorClass } from '../sender';

/** What a code says of the channels beside its own, where its class does not say it: a landline takes calls. */
export type OtherChannels = 'calls only' | 'none';

const credentials =
  'Twilio does not accept the credentials: copy TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN anew from the console (the live ones, not those for tests), and check there that the account is active: an empty balance suspends it.';
const testCredentials =
  'These are Twilio’s test credentials, which deliver nothing: use the live ones, or TWILIO_TEST_MODE=true to send to the development inbox.';
const accountInactive =
  'The Twilio account is suspended or closed: read the notice in its console, settle the bill or ask Twilio.';
const trial =
  'A trial account reaches only numbers verified in its console: verify this one under “Verified Caller IDs”, or upgrade the account.';
const badNumber = 'Twilio says that no such number exists or that it can’t be reached this way.';
const landline = 'The number is a landline or takes no SMS: a call may reach it.';
const sender =
  'The sender is not one of the account’s that can send here: check TWILIO_PHONE_NUMBER or the senders of TWILIO_MESSAGING_SERVICE_SID.';
const emptyService =
  'The messaging service is missing or has no sender for this country: check TWILIO_MESSAGING_SERVICE_SID and its sender pool.';
const region =
  'The country is not enabled: allow it in the console under Geo Permissions (messaging, voice or Verify).';
const busy = 'Twilio is asked more often than the account may: slow down, or ask Twilio for more throughput.';
const theirFault = 'A passing fault at Twilio or a carrier: see status.twilio.com if it lasts.';
const registration =
  'The carrier wants the sender or the text registered first: finish the registration (A2P 10DLC, toll-free, DLT, sender ID) in the console.';
const fraud =
  'Twilio’s fraud protection holds this destination for SMS pumping: look at who asks for codes before allowing the range in its console.';
const optedOut = 'The person replied STOP to this sender, and can undo that by sending START.';
const request = 'Twilio refuses a field of the request: check sender and callback settings against its debugger.';
const callback = 'Twilio can’t use our callback address: APP_URL must be a public https origin with a real host name.';
const template =
  'WhatsApp refuses the text or template: set TWILIO_WHATSAPP_CONTENT_SID to an approved template with the code as variable 1.';
const whatsappSender = 'TWILIO_WHATSAPP_FROM is not a working WhatsApp sender of the account: check it in the console.';
const notOnWhatsapp = 'The number is not on WhatsApp, or can’t get messages there.';
const verifyService = 'The Verify service does not allow this: check its settings in the console (TWILIO_VERIFY_SID).';
const verifySpent =
  'Twilio Verify allows five messages and five checks for one verification: it takes ten minutes to expire.';

/**
 * What Twilio's codes mean to us and what the operator can do, from its error pages (twilio.com/docs/api/errors/<code>).
 * `fraud` is `blocked`: neither another vendor nor another channel must be used to get around it. Filtered by a carrier (30007)
 * is the operator's to mend, and another vendor's text may pass.
 */
export const twilioCodes: Record<number, readonly [ErrorClass, string, OtherChannels?]> = {
  // The account and the API
  10001: ['configuration', accountInactive],
  10002: ['configuration', trial],
  10004: ['rate', busy],
  14107: ['rate', busy],
  20003: ['configuration', credentials],
  20005: ['configuration', accountInactive],
  20006: ['configuration', credentials],
  20008: ['configuration', testCredentials],
  20404: [
    'configuration',
    'Twilio knows no such account or service: check TWILIO_ACCOUNT_SID, TWILIO_VERIFY_SID and the base URLs.',
  ],
  20429: ['rate', busy],
  20500: ['transient', theirFault],
  20503: ['transient', theirFault],
  // Calls
  13223: ['recipient', badNumber],
  13224: ['recipient', badNumber],
  13225: ['blocked', 'Twilio does not allow calls to this number.'],
  13226: ['recipient', badNumber],
  13227: ['region', region],
  21201: ['configuration', request],
  21202: ['recipient', 'Twilio does not call premium-rate numbers.'],
  21203: ['region', region],
  21205: ['configuration', callback],
  21210: ['configuration', sender],
  21212: ['configuration', sender],
  21213: ['configuration', sender],
  21214: ['recipient', badNumber],
  21215: ['region', region],
  21216: ['blocked', 'Twilio does not allow this account to call the number.'],
  21217: ['recipient', badNumber],
  21218: ['configuration', request],
  21219: ['configuration', trial],
  12100: ['configuration', 'Twilio can’t read what the call is to say: report it to the makers of this app.'],
  // Messages, as they are taken
  21211: ['recipient', badNumber],
  21401: ['recipient', badNumber],
  21407: ['configuration', sender],
  21408: ['region', region],
  21601: ['configuration', sender],
  21602: ['configuration', request],
  21603: ['configuration', sender],
  21604: ['configuration', request],
  21605: ['configuration', request],
  21606: ['configuration', sender],
  21608: ['configuration', trial],
  21609: ['configuration', callback],
  21610: ['blocked', optedOut],
  21611: ['rate', busy],
  21612: ['region', 'Twilio has no route from this sender to this number: add a sender for that country.'],
  21614: ['recipient', landline, 'calls only'],
  21617: ['configuration', 'The message is longer than 1,600 characters: shorten APP_NAME.'],
  21619: ['configuration', request],
  21635: ['recipient', landline, 'calls only'],
  21654: ['configuration', template],
  21655: ['configuration', template],
  21656: ['configuration', template],
  21659: ['configuration', sender],
  21660: ['configuration', sender],
  21661: ['configuration', sender],
  21701: ['configuration', emptyService],
  21703: ['configuration', emptyService],
  21704: ['configuration', emptyService],
  21705: ['configuration', emptyService],
  // Messages, on their way
  30001: ['rate', busy],
  30002: ['configuration', accountInactive],
  30003: ['recipient', 'The phone is off, out of reach or can’t take SMS.'],
  30004: ['blocked', 'The person or the carrier blocks messages like this one (do-not-disturb lists do).'],
  30005: ['recipient', badNumber],
  30006: ['recipient', landline, 'calls only'],
  30007: [
    'configuration',
    'Twilio or the carrier filtered the text: register sender and template, and read its console’s log.',
  ],
  30008: ['transient', theirFault],
  30010: ['configuration', 'The message costs more than the account’s price limit.'],
  30017: ['transient', theirFault],
  30018: ['configuration', registration],
  30022: ['rate', busy],
  30023: ['rate', busy],
  30024: ['configuration', registration],
  30027: ['rate', busy],
  30032: ['configuration', registration],
  30033: ['configuration', registration],
  30034: ['configuration', registration],
  30035: ['configuration', registration],
  30036: ['transient', 'The code died in Twilio’s queue: give the sender more throughput.'],
  30038: ['recipient', 'The number is a Twilio number, which takes no codes.'],
  30042: ['configuration', registration],
  30410: ['transient', theirFault],
  30450: ['blocked', fraud, 'none'],
  // WhatsApp
  63001: ['configuration', whatsappSender],
  63002: ['configuration', whatsappSender],
  63003: ['recipient', notOnWhatsapp],
  63005: ['configuration', template],
  63007: ['configuration', whatsappSender],
  63008: ['configuration', whatsappSender],
  63009: ['transient', theirFault],
  63010: ['transient', theirFault],
  63012: ['transient', theirFault],
  63013: ['configuration', template],
  63014: ['blocked', 'The person blocks this sender on WhatsApp.'],
  63015: [
    'configuration',
    'WhatsApp’s sandbox reaches only numbers that joined it: set TWILIO_WHATSAPP_FROM to a real sender.',
  ],
  63016: ['configuration', template],
  63018: ['rate', busy],
  63020: ['configuration', whatsappSender],
  63021: ['configuration', template],
  63022: ['configuration', whatsappSender],
  63023: ['transient', theirFault],
  63024: ['recipient', notOnWhatsapp],
  63027: ['configuration', template],
  63028: ['configuration', template],
  63029: ['transient', theirFault],
  63030: ['configuration', template],
  63032: ['transient', 'WhatsApp does not deliver to this person for the moment.'],
  63033: ['blocked', 'WhatsApp does not let this sender reach the person.'],
  63038: ['rate', busy],
  63040: ['configuration', template],
  63041: ['configuration', template],
  63042: ['configuration', template],
  63051: ['configuration', whatsappSender],
  // Verify
  60200: ['recipient', badNumber],
  60201: ['configuration', verifyService],
  60202: ['rate', verifySpent],
  60203: ['rate', verifySpent],
  60204: ['configuration', verifyService],
  60205: ['recipient', landline, 'calls only'],
  60206: ['configuration', verifyService],
  60207: ['rate', busy],
  60212: ['rate', busy],
  60214: ['configuration', verifyService],
  60217: ['configuration', verifyService],
  60220: ['region', 'Twilio vets each use before it sends to China: apply for it, or leave the country out.'],
  60223: ['configuration', 'The channel is switched off in the Verify service: switch it on in the console.'],
  60238: ['configuration', 'Twilio blocks the account or the country for now: the upgrade may be under review.'],
  60331: ['configuration', verifyService],
  60410: ['blocked', fraud, 'none'],
  60600: ['recipient', badNumber],
  60605: ['region', region],
  60610: ['recipient', badNumber],
  68008: ['configuration', 'The Verify service has no WhatsApp sender: set one up in the console.'],
};
