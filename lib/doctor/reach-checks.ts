import type { Env } from '../env';
import type { Finding } from '../sms/sender';
import { callVendor, type CallVendor, type VendorAnswer } from '../sms/vendor-http';
import { failed, ok, warning } from './finding';
import { receiptFindings } from './receipt-checks';

/** Whether the app answers at APP_URL, as people's browsers and a vendor's receipts would find it. */
export async function reachFindings(
  env: Env,
  configured: ReadonlySet<string>,
  call: CallVendor = callVendor,
): Promise<Finding[]> {
  const health = await call({ method: 'GET', url: `${env.APP_URL}/api/health`, headers: {} });
  const found = healthFinding(env, health);
  return found.level === 'ok' ? [found, ...(await receiptFindings(env, configured, call))] : [found];
}

function healthFinding(env: Env, answer: VendorAnswer): Finding {
  const { APP_URL: url, PORT: port } = env;
  if (answer.kind === 'unreachable') {
    const text = `Nothing answers at ${url}: ${unreachableWords(answer.reason)}.`;
    return env.loopback
      ? warning(text, 'Start the app if it should run.')
      : failed(text, 'Check DNS, certificate, proxy and firewall, and that the app runs.');
  }
  const intruder = `If another program has port ${port}, end it or give the app another PORT.`;
  if (answer.kind === 'unanswered') {
    return failed(
      `What listens at ${url} gives no answer of HTTP (${answer.reason}).`,
      env.loopback ? intruder : 'See whether the app hangs, and what the proxy says about it.',
    );
  }
  if (answer.status === 200 && /"status":\s*"ok"/.test(answer.text)) {
    return ok(`The app answers at ${url}.`);
  }
  if (answer.status === 503 && /"status":\s*"degraded"/.test(answer.text)) {
    return failed(`The app at ${url} says that it can’t reach its database.`, 'Check DATABASE_URL of that instance.');
  }
  if (answer.status >= 500) {
    return failed(
      `What answers at ${url} is not the app (HTTP ${answer.status}).`,
      env.loopback ? intruder : 'Start the app, and check that the proxy leads to its port.',
    );
  }
  return failed(
    `Something else answers at ${url} (HTTP ${answer.status}).`,
    env.loopback ? intruder : 'Set APP_URL to the very address that leads to the app, without a redirect.',
  );
}

/** Why a connection could not be had. */
function unreachableWords(reason: string): string {
  if (reason === 'ECONNREFUSED') return 'nothing listens there';
  if (reason === 'ENOTFOUND' || reason === 'EAI_AGAIN') return 'DNS knows no such host';
  if (/CERT|SIGNATURE/.test(reason)) return `its certificate is not valid (${reason})`;
  if (/SSL|TLS/.test(reason)) return `it speaks no TLS that we do (${reason})`;
  return `no connection can be made (${reason})`;
}
