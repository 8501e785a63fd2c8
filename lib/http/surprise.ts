import { isDatabaseUnavailable } from '../db/client';
import { isRefusalError, type Refusal, refuse } from '../errors';
import type { Server } from '../server';

/** Surprises: told to the log with the request's id, to the client as something that may be tried again. */
export function refusalOfError(
  app: Server,
  request: { method: string; url: string },
  requestId: string,
  error: unknown,
): Refusal {
  if (isRefusalError(error)) {
    return error.refusal;
  }
  // The path that PlayMobile reports to ends in a secret, and one of a dialect's in a number.
  const path = new URL(request.url).pathname.replace(/^(\/api\/(?:webhooks\/\w+\/status|user)\/).+/, '$1…');
  app.log.error({ err: error, requestId, method: request.method, path }, 'request failed');
  return refuse('service_unavailable', { retryAfterSeconds: isDatabaseUnavailable(error) ? 2 : 5 });
}
