import { Agent, fetch, type Headers, type Response } from 'undici';
import { vendorPolicy } from '../policy';

export type VendorRequest = {
  method: 'GET' | 'POST';
  url: string;
  headers?: Record<string, string>;
  body?: string;
};

/**
 * What came of calling a vendor. `unreachable`: nothing left this machine, so nothing was sent. `unanswered`: it left, and no
 * whole answer came in time; whether it was done is not known.
 */
export type VendorAnswer =
  | { kind: 'answered'; status: number; text: string; headers: Headers }
  | { kind: 'unreachable'; reason: string }
  | { kind: 'unanswered'; reason: 'timeout' | 'reset' | 'too_large' };

/** How an adapter calls its vendor: {@link callVendor}, or in tests the same with a shorter wait. */
export type CallVendor = (request: VendorRequest) => Promise<VendorAnswer>;

/** Failures before a byte of the request can have left. */
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Node's own fetch can't be told how long to wait for a connection, and who waits the whole time knows no more than that it is over. */
const agent = new Agent({ connect: { timeout: vendorPolicy.connectMilliseconds } });

/**
 * One request to a vendor: five seconds in all (tests are handed less), no redirects (a 3xx is an answer), no retries, a
 * bounded answer.
 */
export async function callVendor(
  request: VendorRequest,
  timeoutMilliseconds: number = vendorPolicy.timeoutMilliseconds,
): Promise<VendorAnswer> {
  const deadline = AbortSignal.timeout(timeoutMilliseconds);
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers ?? {},
      body: request.body ?? null,
      redirect: 'manual',
      dispatcher: agent,
      signal: deadline,
    });
    const text = await boundedText(response);
    return text === null
      ? { kind: 'unanswered', reason: 'too_large' }
      : { kind: 'answered', status: response.status, text, headers: response.headers };
  } catch (error) {
    if (deadline.aborted) {
      return { kind: 'unanswered', reason: 'timeout' };
    }
    const code = causeCode(error);
    return beforeSending.has(code) ? { kind: 'unreachable', reason: code } : { kind: 'unanswered', reason: 'reset' };
  }
}

async function boundedText(response: Response): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).length;
    if (bytes > vendorPolicy.answerBytes) {
      return null;
    }
    text += decoder.decode(chunk as Uint8Array, { stream: true });
  }
  return text + decoder.decode();
}

function causeCode(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return typeof cause?.code === 'string' ? cause.code : 'unknown';
}
