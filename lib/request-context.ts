import { AsyncLocalStorage } from 'node:async_hooks';
import { databasePolicy } from './policy';

/**
 * What follows one HTTP request through everything that is done for it, however deep: how long it has waited for the database
 * (pages, actions, NextAuth and routes alike run many statements, and the three seconds are for all of them together), and
 * whether the answer has to be 503 although something else renders it.
 */
export type RequestContext = {
  /**
   * When it first wanted something of the database, in the milliseconds of `performance.now()`: its place in line. By the moment its
   * headers came, whoever sends the body late would stand in front.
   */
  inLineSince: number;
  /** Milliseconds of waiting that are left; statements that wait side by side wait once. */
  patienceLeft(): number;
  /** A statement begins to wait; call what is returned when it is done. */
  wait(): () => void;
  /** The database has answered one of its statements. */
  hasBegun: boolean;
  /** A statement failed because the database was away. */
  databaseFailed: boolean;
  /** The answer is that something is not available; seconds until it is worth another try. */
  unavailableForSeconds: number | null;
};

function newContext(patience: number, inLineSince = Infinity): RequestContext {
  let waited = 0;
  let waiting = 0;
  let since = 0;
  return {
    inLineSince,
    patienceLeft: () => patience - waited - (waiting > 0 ? performance.now() - since : 0),
    wait() {
      if (waiting === 0) since = performance.now();
      this.inLineSince = Math.min(this.inLineSince, since);
      waiting += 1;
      return () => {
        waiting -= 1;
        if (waiting === 0) waited += performance.now() - since;
      };
    },
    hasBegun: false,
    databaseFailed: false,
    unavailableForSeconds: null,
  };
}

// Next bundles each entry on its own; what must exist once per process hangs on the process.
const storageKey = Symbol.for('latchkey.request-context');

function storage(): AsyncLocalStorage<RequestContext> {
  const shared = globalThis as { [storageKey]?: AsyncLocalStorage<RequestContext> };
  shared[storageKey] ??= new AsyncLocalStorage();
  return shared[storageKey];
}

/** From here on, everything that this asynchronous call leads to is done for one request. */
export function beginRequest(): RequestContext {
  const context = newContext(databasePolicy.requestMilliseconds);
  storage().enterWith(context);
  return context;
}

/** The request that is being answered; outside of one (commands, the sweeper) every statement is on its own. */
export const currentRequest = (): RequestContext =>
  storage().getStore() ?? newContext(databasePolicy.silentMilliseconds);

/** Runs `work` with time of its own, and the place in line of the request that caused it, which may have none left. */
export const inOwnTime = <Value>(work: () => Value): Value =>
  storage().run(newContext(databasePolicy.requestMilliseconds, storage().getStore()?.inLineSince), work);
