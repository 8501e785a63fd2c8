import type { Env } from '../env';
import type { Finding } from '../sms/sender';
import { callVendor, type CallVendor, type VendorAnswer } from '../sms/vendor-http';
import { vendorName } from '../sms/vendor-words';
import { failed, ok, warning } from './finding';

/** Vendors that report deliveries to us. */
const reporting = ['twilio', 'playmobile'];

/** Whether the app answers at APP_URL, as a vendor's receipt would find it. */
export async function reachFindings(
  env: Env,
  configured: ReadonlySet<string>,
  call: CallVendor = callVendor,
): Promise<Finding[]> {
  const health = await call({ method: 'GET', url: `${env.APP_URL}/api/health`, headers: {} });
  const found = healthFinding(env, health);
  if (found.level !== 'ok') {
    return [found];
  }
  const receipts = reporting.filter((name) => configured.has(name));
  return [found, ...(await Promise.all(receipts.map((name) => receiptFinding(env, name, call))))];
}

function healthFinding(env: Env, answer: VendorAnswer): Finding {
  if (answer.kind !== 'answered') {
    const text = `Nothing answers at ${env.APP_URL} (${answer.reason}).`;
    return env.loopback
      ? warning(text, 'Start the app if it should run.')
      : failed(text, 'Check DNS, certificate, proxy and firewall, and that the app runs.');
  }
  if (answer.status === 200 && /"status":\s*"ok"/.test(answer.text)) {
    return ok(`The app answers at ${env.APP_URL}.`);
  }
  if (answer.status === 503 && /"status":\s*"degraded"/.test(answer.text)) {
    return failed(
      `The app at ${env.APP_URL} says that it can’t reach its database.`,
      'Check DATABASE_URL of that instance.',
    );
  }
  return failed(
    `Something else answers at ${env.APP_URL} (HTTP ${answer.status}).`,
    'Set APP_URL to the very address that leads to the app, without a redirect.',
  );
}

/** A receipt that nobody signed must be refused, and by us. */
async function receiptFinding(env: Env, vendor: string, call: CallVendor): Promise<Finding> {
  const path = `/api/webhooks/${vendor}/status`;
  const answer = await call({
    method: 'POST',
    url: `${env.APP_URL}${path}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'MessageSid=SM00000000000000000000000000000000&MessageStatus=delivered',
  });
  const name = vendorName(vendor);
  if (answer.kind !== 'answered') {
    return failed(
      `Receipts of ${name} don’t get through to ${path} (${answer.reason}).`,
      'See what the proxy does to POST requests there.',
    );
  }
  if ([400, 401, 403].includes(answer.status)) {
    return ok(`Receipts of ${name} get through to ${path}, and one without a signature is refused.`);
  }
  return answer.status < 300
    ? failed(
        `${path} takes a receipt that nobody signed.`,
        'Something in front of the app answers it: let the request through.',
      )
    : failed(
        `${path} answers a receipt with HTTP ${answer.status}.`,
        'Let the proxy pass /api/webhooks/ through unchanged.',
      );
}
