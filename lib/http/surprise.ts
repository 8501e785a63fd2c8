import { isDatabaseUnavailable } from '../db/client';
import { errorTable, isRefusalError, type Refusal, refuse } from '../errors';
import { databasePolicy } from '../policy';
import { currentRequest } from '../request-context';
import type { Server } from '../server';
import { shownPath } from './request-log';

/** Surprises: told to the log with the request's id, to the client as something that may be tried again. */
export function refusalOfError(
  app: Server,
  request: { method: string; url: string },
  requestId: string,
  error: unknown,
): Refusal {
  const refusal = isRefusalError(error) ? error.refusal : unforeseen(app, request, requestId, error);
  if (errorTable[refusal.code].status === 503) {
    // Where something else makes the answer, it has to be a 503 all the same.
    currentRequest().unavailableForSeconds = refusal.retryAfterSeconds ?? databasePolicy.retryAfterSeconds;
  }
  return refusal;
}

function unforeseen(
  app: Server,
  request: { method: string; url: string },
  requestId: string,
  error: unknown,
): Refusal<'service_unavailable'> {
  const path = shownPath(new URL(request.url).pathname);
  app.log.error({ err: error, requestId, method: request.method, path }, 'request failed');
  const { retryAfterSeconds } = databasePolicy;
  return refuse('service_unavailable', isDatabaseUnavailable(error) ? { retryAfterSeconds } : {});
}
