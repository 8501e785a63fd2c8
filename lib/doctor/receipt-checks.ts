import type { Env } from '../env';
import { newToken } from '../random';
import type { Finding } from '../sms/sender';
import type { CallVendor, VendorAnswer } from '../sms/vendor-http';
import { TWILIO_STATUS_PATH } from '../sms/vendor-settings';
import { failed, ok, warning } from './finding';

const PLAYMOBILE_STATUS_PATH = '/api/webhooks/playmobile/status';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Whether the reports of those vendors that make any get through to the app at APP_URL, and only theirs. */
export async function receiptFindings(env: Env, configured: ReadonlySet<string>, call: CallVendor): Promise<Finding[]> {
  const found = await Promise.all([
    configured.has('twilio') ? twilioFinding(env, call) : [],
    configured.has('playmobile') ? playmobileFinding(env, call) : [],
  ]);
  return found.flat();
}

/** One report that nobody signed, and one that is rightly signed and speaks of no message that there is. */
async function twilioFinding(env: Env, call: CallVendor): Promise<Finding> {
  const url = `${env.APP_URL}${TWILIO_STATUS_PATH}`;
  const form = new URLSearchParams({ MessageSid: `SM${'0'.repeat(32)}`, MessageStatus: 'delivered' });
  const { twilioSignature } = await import('../sms/vendors/twilio-receipts');
  const signature = twilioSignature({ url, authToken: env.TWILIO_AUTH_TOKEN ?? '', form });
  const post = (headers: Record<string, string>) =>
    call({ method: 'POST', url, headers: { ...FORM, ...headers }, body: form.toString() });
  const [unsigned, signed] = await Promise.all([post({}), post({ 'x-twilio-signature': signature })]);
  if (isTaken(unsigned)) {
    return failed(
      `${TWILIO_STATUS_PATH} takes a receipt that nobody signed.`,
      'Something in front of the app answers it: let the request through.',
    );
  }
  if (isTaken(signed)) {
    return ok('Receipts of Twilio get through: one that is rightly signed is taken, one without a signature refused.');
  }
  return isRefused(unsigned) && isRefused(signed)
    ? failed(
        `${TWILIO_STATUS_PATH} refuses a receipt that is rightly signed.`,
        'The app there runs with another TWILIO_AUTH_TOKEN or APP_URL than these, or a proxy changes the request.',
      )
    : stuck('Twilio', TWILIO_STATUS_PATH, signed);
}

/**
 * An empty report by the secret path, and one by a path that only resembles it. No line holds the secret. The app answers 403
 * alike to another secret and to an address that is not listed.
 */
async function playmobileFinding(env: Env, call: CallVendor): Promise<Finding> {
  const { PLAYMOBILE_WEBHOOK_SECRET: secret, PLAYMOBILE_WEBHOOK_ADDRESSES: addresses } = env;
  if (!secret) {
    return warning(
      'PlayMobile can’t report deliveries: its path has no secret.',
      'Set PLAYMOBILE_WEBHOOK_SECRET, and give PlayMobile’s manager the address that ends in it.',
    );
  }
  const post = (last: string) =>
    call({
      method: 'POST',
      url: `${env.APP_URL}${PLAYMOBILE_STATUS_PATH}/${last}`,
      headers: { 'content-type': 'application/json' },
      body: '[]',
    });
  const [known, guessed] = await Promise.all([post(secret), post(newToken())]);
  const shown = `${PLAYMOBILE_STATUS_PATH}/…`;
  if (isTaken(guessed)) {
    return failed(
      `${shown} takes a receipt by any path.`,
      'Something in front of the app answers it: let the request through.',
    );
  }
  if (isTaken(known)) {
    return ok('Receipts of PlayMobile get through by the path with the secret, and by no other.');
  }
  if (statusOf(known) !== 403) {
    return stuck('PlayMobile', shown, known);
  }
  return addresses
    ? warning(
        `${shown} refuses a receipt from here: it comes from none of PLAYMOBILE_WEBHOOK_ADDRESSES, or by another secret than the app’s.`,
        'From here that can’t be told apart: compare PLAYMOBILE_WEBHOOK_SECRET with the running app’s, and look for reports in the look-up of deliveries.',
      )
    : failed(
        `${shown} does not know the secret.`,
        'The app there runs with another PLAYMOBILE_WEBHOOK_SECRET than this, or takes receipts from listed addresses only.',
      );
}

function stuck(vendor: string, path: string, answer: VendorAnswer): Finding {
  const remedy = 'Let the proxy pass POST requests to /api/webhooks/ through unchanged.';
  return answer.kind === 'answered'
    ? failed(`${path} answers a receipt with HTTP ${answer.status}.`, remedy)
    : failed(`Receipts of ${vendor} don’t get through to ${path} (${answer.reason}).`, remedy);
}

const statusOf = (answer: VendorAnswer): number => (answer.kind === 'answered' ? answer.status : 0);
const isTaken = (answer: VendorAnswer): boolean => statusOf(answer) >= 200 && statusOf(answer) < 300;
const isRefused = (answer: VendorAnswer): boolean => [400, 401, 403].includes(statusOf(answer));
