import { isDatabaseUnavailable } from '../db/client';
import { isRefusalError, type Refusal, refuse } from '../errors';
import type { Server } from '../server';
import { shownPath } from './request-log';

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
  const path = shownPath(new URL(request.url).pathname);
  app.log.error({ err: error, requestId, method: request.method, path }, 'request failed');
  return refuse('service_unavailable', { retryAfterSeconds: isDatabaseUnavailable(error) ? 2 : 5 });
}
