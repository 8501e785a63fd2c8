import twilio from 'twilio';
import type { Env } from '../../env';
import { isLoopback } from '../../settings/loopback';
import { callVendor, type CallVendor } from '../vendor-http';
import { DELIVERY, TWILIO_STATUS_PATH } from '../vendor-settings';

export type TwilioSettings = Pick<
  Env,
  | 'APP_NAME'
  | 'APP_URL'
  | 'OTP_LENGTH'
  | 'TWILIO_ACCOUNT_SID'
  | 'TWILIO_AUTH_TOKEN'
  | 'TWILIO_PHONE_NUMBER'
  | 'TWILIO_MESSAGING_SERVICE_SID'
  | 'TWILIO_VERIFY_SID'
  | 'TWILIO_WHATSAPP_FROM'
  | 'TWILIO_WHATSAPP_CONTENT_SID'
  | 'TWILIO_API_BASE_URL'
  | 'TWILIO_VERIFY_BASE_URL'
>;

/** A request of the SDK that Twilio did not answer: a redirect is somebody else's answer. */
export class TwilioCallFault extends Error {
  constructor(
    readonly kind: 'unreachable' | 'unanswered' | 'redirected',
    readonly reason: string,
    readonly status = 0,
  ) {
    super(`Twilio ${kind}: ${reason}`);
    this.name = 'TwilioCallFault';
  }
}

/** The SDK writes the request, signs in and reads the answer; our transport carries both, with its limits. */
class OurTransport extends twilio.RequestClient {
  constructor(settings: TwilioSettings, call: CallVendor) {
    super();
    this.axios.defaults.adapter = async (config) => {
      // The SDK's Connection header speaks of the SDK's own sockets.
      const { Connection: _connection, ...headers } = config.headers.toJSON() as Record<string, string>;
      const answer = await call({
        method: config.method?.toUpperCase() === 'POST' ? 'POST' : 'GET',
        url: twilioUrl(this.axios.getUri(config), settings),
        headers,
        body: config.data as string | undefined,
      });
      if (answer.kind !== 'answered') {
        throw new TwilioCallFault(answer.kind, answer.reason);
      }
      if (answer.status >= 300 && answer.status < 400) {
        throw new TwilioCallFault('redirected', `http_${answer.status}`, answer.status);
      }
      return {
        data: answer.text,
        status: answer.status,
        statusText: '',
        headers: Object.fromEntries(answer.headers),
        config,
      };
    };
  }
}

/** The SDK's client, or null where account SID or token are not set. */
export function twilioClient(settings: TwilioSettings, call: CallVendor = callVendor): twilio.Twilio | null {
  const { TWILIO_ACCOUNT_SID: account, TWILIO_AUTH_TOKEN: token } = settings;
  return account && token ? twilio(account, token, { httpClient: new OurTransport(settings, call) }) : null;
}

/**
 * Where a request of the SDK really goes. A regional API host (`api.dublin.ie1.twilio.com`) has its siblings, such as
 * `messaging`, beside it; any other base stands in for all of them. Verify has a base of its own.
 */
export function twilioUrl(url: string, settings: TwilioSettings): string {
  const asked = new URL(url);
  const product = asked.hostname.split('.')[0] ?? '';
  const base = product === 'verify' ? settings.TWILIO_VERIFY_BASE_URL : settings.TWILIO_API_BASE_URL;
  if (!base) {
    return url;
  }
  const target = new URL(base);
  if (product !== 'verify' && /^api\.([a-z0-9-]+\.)*twilio\.com$/.test(target.hostname)) {
    target.hostname = target.hostname.replace(/^api/, product);
  }
  return target.origin + target.pathname.replace(/\/$/, '') + asked.pathname + asked.search;
}

/**
 * Where Twilio reports a delivery, or undefined: it refuses a message whose callback it can't reach (21609). The address names
 * our own row: a report may come before Twilio's answer does, or where none came.
 */
export function receiptUrl(settings: Pick<TwilioSettings, 'APP_URL'>, deliveryId: string): string | undefined {
  const { protocol, hostname, origin } = new URL(settings.APP_URL);
  const reachable =
    protocol === 'https:' &&
    !isLoopback(hostname) &&
    hostname.includes('.') &&
    !hostname.includes('_') &&
    !/\.(local|internal|test|localhost)$/.test(hostname) &&
    !/^(10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\./.test(hostname);
  return reachable ? `${origin}${TWILIO_STATUS_PATH}?${DELIVERY}=${deliveryId}` : undefined;
}
