import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callVendor, type CallVendor } from '../../vendor-http';
import type { TwilioSettings } from '../twilio-client';

/** A request as it came to Twilio's door. */
export type TwilioRequest = {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** The form's fields in the order they came. */
  form: Record<string, string>;
};

type Answer = (response: ServerResponse, request: TwilioRequest) => void;

/** JSON as Twilio writes it. */
export const json =
  (status: number, body: unknown): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

/** An error in Twilio's form. Its message quotes the number, as theirs do. */
export const twilioError = (status: number, code: number, message = `Refused '+919876543210'`): Answer =>
  json(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });

/** Twilio's HTTP door on this machine. It answers as told and remembers every request. */
export async function fakeTwilio() {
  const requests: TwilioRequest[] = [];
  let answer: Answer = json(500, {});
  const server = createServer(async (incoming, response) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    const url = new URL(incoming.url ?? '/', 'http://twilio');
    const request = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: incoming.headers,
      body,
      form: Object.fromEntries(new URLSearchParams(body)),
    };
    requests.push(request);
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    server,
    requests,
    /** What the next requests are answered with. Forgets the requests so far. */
    answers(next: Answer) {
      requests.length = 0;
      answer = next;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

export const accountSid = `AC${'0a'.repeat(16)}`;
export const authToken = '12345678901234567890123456789012';
export const messagingServiceSid = `MG${'1b'.repeat(16)}`;
export const verifySid = `VA${'2c'.repeat(16)}`;
export const contentSid = `HX${'3d'.repeat(16)}`;

/** Settings of a team that has everything, spoken to at `url`. */
export function twilioSettings(url: string, more: Partial<TwilioSettings> = {}): TwilioSettings {
  return {
    APP_NAME: 'Latchkey',
    APP_URL: 'https://signin.latchkey.example',
    OTP_LENGTH: 6,
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_PHONE_NUMBER: '+12025550100',
    TWILIO_MESSAGING_SERVICE_SID: undefined,
    TWILIO_VERIFY_SID: verifySid,
    TWILIO_WHATSAPP_FROM: '+12025550101',
    TWILIO_WHATSAPP_CONTENT_SID: contentSid,
    TWILIO_API_BASE_URL: url,
    TWILIO_VERIFY_BASE_URL: url,
    ...more,
  };
}

/** The real transport with a wait that a test can afford. */
export const impatient: CallVendor = (request) => callVendor(request, 300);
